package io.doppelfleet.launcher;

/** Why a process couldn't start or had to end, in sentences for the operator. */
final class StartException extends Exception {
  private static final long serialVersionUID = 1;

  /** With what to do about it. */
  StartException(String message) {
    super(message);
  }

  /** With what the failing part said. */
  StartException(String message, Throwable cause) {
    super(message + ": " + (cause.getMessage() == null ? cause : cause.getMessage()), cause);
  }
}
