package io.doppelfleet.control.cluster;

import java.util.function.LongSupplier;

/**
 * How many may knock, for any member may, and each costs a connection here: 32 at once, and 100
 * within a second. For one event loop.
 */
final class KnockLimit {
  private static final int MOST_AT_ONCE = 32;
  private static final int MOST_A_SECOND = 100;
  private static final long SECOND = 1_000_000_000;

  private final LongSupplier nanos;
  private long since;
  private int within;
  private int underWay;

  /**
   * With nobody yet.
   *
   * @param nanos a clock that is never set
   */
  KnockLimit(LongSupplier nanos) {
    this.nanos = nanos;
    this.since = nanos.getAsLong();
  }

  /** Whether one more may; it {@linkplain #end ends} then. */
  boolean begin() {
    long now = nanos.getAsLong();
    if (now - since >= SECOND) {
      since = now;
      within = 0;
    }
    if (underWay == MOST_AT_ONCE || within == MOST_A_SECOND) {
      return false;
    }
    within++;
    underWay++;
    return true;
  }

  /** One that had begun has what it came for, or won't. */
  void end() {
    underWay--;
  }
}
