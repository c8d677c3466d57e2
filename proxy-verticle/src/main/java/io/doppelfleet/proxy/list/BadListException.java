package io.doppelfleet.proxy.list;

import java.io.IOException;

/** What was read is no list that may be used; the message says why, without the list's name. */
final class BadListException extends IOException {
  private static final long serialVersionUID = 1;

  BadListException(String message) {
    super(message);
  }
}
