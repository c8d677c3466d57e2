package io.doppelfleet.control.store;

/** The store failed when it was to keep what was done, and whether it did isn't known. */
public final class UnknownException extends StoreException {
  private static final long serialVersionUID = 1;

  UnknownException(String message, Throwable cause) {
    super(message, cause);
  }
}
