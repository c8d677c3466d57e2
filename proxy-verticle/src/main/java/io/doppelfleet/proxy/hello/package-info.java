/** A TLS ClientHello: found among a connection's first bytes, read, and its digest. */
@NullMarked
package io.doppelfleet.proxy.hello;

import org.jspecify.annotations.NullMarked;
