/** The answer to a client's ClientHello: a TLS 1.3 flight that proves that we know the secret. */
@NullMarked
package io.doppelfleet.proxy.welcome;

import org.jspecify.annotations.NullMarked;
