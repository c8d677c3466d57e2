/**
 * One TCP connection as the phases hand it on: reads on demand, bounded writes, two kinds of
 * closing.
 */
@NullMarked
package io.doppelfleet.proxy.leg;

import org.jspecify.annotations.NullMarked;
