/** The obfuscated2 transport as the far ends speak it, written apart from the proxy's own. */
@NullMarked
package io.doppelfleet.bench.wire;

import org.jspecify.annotations.NullMarked;
