/** Which addresses names have, asked of other servers than the system's. */
@NullMarked
package io.doppelfleet.proxy.dns;

import org.jspecify.annotations.NullMarked;
