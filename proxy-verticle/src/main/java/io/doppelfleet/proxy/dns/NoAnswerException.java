package io.doppelfleet.proxy.dns;

import java.io.IOException;

/** A server works, and says that it can't answer. */
final class NoAnswerException extends IOException {
  private static final long serialVersionUID = 1;

  NoAnswerException(String message) {
    super(message);
  }
}
