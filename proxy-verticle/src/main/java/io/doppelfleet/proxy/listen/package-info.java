/** Where connections come in. */
@NullMarked
package io.doppelfleet.proxy.listen;

import org.jspecify.annotations.NullMarked;
