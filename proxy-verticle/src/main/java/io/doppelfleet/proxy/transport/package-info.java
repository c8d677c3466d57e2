/** The obfuscated2 stream inside the records: what the client wants, and the keys of both legs. */
@NullMarked
package io.doppelfleet.proxy.transport;

import org.jspecify.annotations.NullMarked;
