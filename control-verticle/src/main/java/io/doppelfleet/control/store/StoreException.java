package io.doppelfleet.control.store;

/** A store that can't be used or didn't do what it should; the message says what to do. */
public sealed class StoreException extends Exception
    permits EndedException, SeenException, UnknownException {
  private static final long serialVersionUID = 1;

  /** With a sentence for the operator. */
  StoreException(String message) {
    super(message);
  }

  /** With a sentence for the operator; the cause is for the log. */
  StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
