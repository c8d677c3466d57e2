package io.doppelfleet.fleet;

/** A secret that is none; the message says what is wrong where and never contains the secret. */
public final class SecretFormatException extends IllegalArgumentException {
  /** With a sentence for the operator. */
  public SecretFormatException(String message) {
    super(message);
  }
}
