/** A node's own look at itself: it comes as a client does. */
@NullMarked
package io.doppelfleet.proxy.probe;

import org.jspecify.annotations.NullMarked;
