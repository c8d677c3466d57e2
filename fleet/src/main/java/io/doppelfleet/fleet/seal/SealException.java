package io.doppelfleet.fleet.seal;

/** A key file or a sealed value that can't be used; the message says what to do, and no key. */
public final class SealException extends Exception {
  private static final long serialVersionUID = 1;

  /** With a sentence for the operator. */
  public SealException(String message) {
    super(message);
  }

  /** With a sentence for the operator, and what the system said. */
  public SealException(String message, Throwable cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}
