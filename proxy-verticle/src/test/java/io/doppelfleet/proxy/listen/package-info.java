/** What of a connection is Vert.x's. */
@NullMarked
package io.doppelfleet.proxy.listen;

import org.jspecify.annotations.NullMarked;
