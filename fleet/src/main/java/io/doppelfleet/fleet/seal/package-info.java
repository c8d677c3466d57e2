/** The seal of what is kept at rest: the fleet's store, and a node's last state. */
@NullMarked
package io.doppelfleet.fleet.seal;

import org.jspecify.annotations.NullMarked;
