/** Connections that we open: several addresses, the first that answers. */
@NullMarked
package io.doppelfleet.proxy.dial;

import org.jspecify.annotations.NullMarked;
