package io.doppelfleet.standin.datacenter;

/** A client said what the protocol doesn't allow, or what this stand-in doesn't know. */
final class MalformedMessageException extends RuntimeException {
  MalformedMessageException(String message) {
    super(message);
  }
}
