/** How a link between a node and a control carries their messages, as both ends have it. */
@NullMarked
package io.doppelfleet.fleet.link;

import org.jspecify.annotations.NullMarked;
