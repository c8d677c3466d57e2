/** The PROXY protocol: what a router says of whom it passes on, and what we say to the cover. */
@NullMarked
package io.doppelfleet.proxy.front;

import org.jspecify.annotations.NullMarked;
