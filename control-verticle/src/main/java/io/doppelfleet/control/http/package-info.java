/** What the API is served on: a Unix socket, and an address with or without TLS. */
@NullMarked
package io.doppelfleet.control.http;

import org.jspecify.annotations.NullMarked;
