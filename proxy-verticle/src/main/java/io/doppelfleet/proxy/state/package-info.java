/** How a node comes to the fleet's present state, and says how it is. */
@NullMarked
package io.doppelfleet.proxy.state;

import org.jspecify.annotations.NullMarked;
