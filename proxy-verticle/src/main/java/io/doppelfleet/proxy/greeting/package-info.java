/** From the first byte to the verdict: is this a client with a live secret, or a stranger? */
@NullMarked
package io.doppelfleet.proxy.greeting;

import org.jspecify.annotations.NullMarked;
