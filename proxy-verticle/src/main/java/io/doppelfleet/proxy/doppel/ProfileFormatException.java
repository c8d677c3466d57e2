package io.doppelfleet.proxy.doppel;

/**
 * A text that is no profile; the message names the field, what is there and what would be right.
 */
public final class ProfileFormatException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean newer;

  ProfileFormatException(String message) {
    this(message, false);
  }

  ProfileFormatException(String message, boolean newer) {
    super(message);
    this.newer = newer;
  }

  /** Whether it may be a profile all the same, in a form of a later version. */
  public boolean isNewer() {
    return newer;
  }
}
