/** IP addresses as numbers, sets of them, and what is no good set. */
@NullMarked
package io.doppelfleet.fleet.address;

import org.jspecify.annotations.NullMarked;
