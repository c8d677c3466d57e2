/** Descriptors are closed once, and nobody else's are touched. */
@NullMarked
package io.doppelfleet.proxy.leg;

import org.jspecify.annotations.NullMarked;
