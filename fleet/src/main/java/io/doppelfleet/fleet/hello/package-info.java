/** What nodes and controls remember of the hellos that the fleet has met, and whose turn it is. */
@NullMarked
package io.doppelfleet.fleet.hello;

import org.jspecify.annotations.NullMarked;
