/** What controls tell nodes: the present state, and each that follows. */
@NullMarked
package io.doppelfleet.control.feed;

import org.jspecify.annotations.NullMarked;
