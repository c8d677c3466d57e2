/**
 * The obfuscated2 transport as the far ends speak it, written apart from the proxy's own, and the
 * requests for load that travel in it.
 */
@NullMarked
package io.doppelfleet.standin.wire;

import org.jspecify.annotations.NullMarked;
