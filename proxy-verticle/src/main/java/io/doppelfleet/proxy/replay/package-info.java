/** How a hello that one node has met is a replay on the fleet's others. */
@NullMarked
package io.doppelfleet.proxy.replay;

import org.jspecify.annotations.NullMarked;
