package io.doppelfleet.control.store;

/** Nothing was made, for the session or the token of who makes it has ended meanwhile. */
public final class EndedException extends StoreException {
  private static final long serialVersionUID = 1;

  EndedException() {
    super("the session or the token of who asks has ended: sign in, or bring another");
  }
}
