/** Two legs that are pumped into each other, and the table of all such pairs on an event loop. */
@NullMarked
package io.doppelfleet.proxy.relay;

import org.jspecify.annotations.NullMarked;
