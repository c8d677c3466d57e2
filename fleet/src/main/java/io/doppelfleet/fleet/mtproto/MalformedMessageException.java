package io.doppelfleet.fleet.mtproto;

/** The other end said what the protocol doesn't allow, or what this one doesn't know. */
public final class MalformedMessageException extends RuntimeException {
  /** With what is wrong. */
  public MalformedMessageException(String message) {
    super(message);
  }
}
