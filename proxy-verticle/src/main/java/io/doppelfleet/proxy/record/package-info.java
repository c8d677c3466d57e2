/** TLS 1.3 records as they stand on the wire, without the encryption that FakeTLS has not. */
@NullMarked
package io.doppelfleet.proxy.record;

import org.jspecify.annotations.NullMarked;
