/** What the cover looks like from outside, how that is learnt, and how we come to look like it. */
@NullMarked
package io.doppelfleet.proxy.doppel;

import org.jspecify.annotations.NullMarked;
