package io.doppelfleet.proxy.greeting;

/** Bytes that began as a ClientHello and are none. */
final class MalformedHelloException extends Exception {
  MalformedHelloException() {
    super("malformed ClientHello", null, false, false);
  }
}
