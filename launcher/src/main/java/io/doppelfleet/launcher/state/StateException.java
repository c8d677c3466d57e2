package io.doppelfleet.launcher.state;

/** A state directory or a file in it that can't be used; the message says what to do. */
public final class StateException extends Exception {
  private static final long serialVersionUID = 1;

  /** With a sentence for the operator. */
  StateException(String message) {
    super(message);
  }

  /** With a sentence for the operator, and what the system said. */
  StateException(String message, Throwable cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}
