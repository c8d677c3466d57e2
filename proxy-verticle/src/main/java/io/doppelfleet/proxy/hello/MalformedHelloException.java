package io.doppelfleet.proxy.hello;

/** Bytes that began as a ClientHello and are none. */
public final class MalformedHelloException extends Exception {
  MalformedHelloException() {
    super("malformed ClientHello", null, false, false);
  }
}
