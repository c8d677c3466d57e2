package io.doppelfleet.proxy;

import java.util.function.LongSupplier;

/** How late an event loop's one-second clock came, the worst of the last minute. */
final class LoopLag {
  private static final int SECONDS = 60;
  private static final long PERIOD = 1_000_000_000L;

  private final long[] late = new long[SECONDS];
  private final LongSupplier nanoTime;
  private volatile long last;
  private int at;
  private volatile long worst;
  private volatile boolean over;

  LoopLag() {
    this(System::nanoTime);
  }

  LoopLag(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    begin();
  }

  /** The clock begins. */
  void begin() {
    last = nanoTime.getAsLong();
  }

  /** The loop's clock stands still from now on, and nobody waits for it. */
  void end() {
    over = true;
  }

  /**
   * Called by the clock.
   *
   * @return whether it came about a second after the last one: not late, nor to make up for that
   */
  boolean tick() {
    long now = nanoTime.getAsLong();
    long later = now - last - PERIOD;
    late[at] = Math.max(0, later);
    at = (at + 1) % SECONDS;
    last = now;
    long max = 0;
    for (long each : late) {
      max = Math.max(max, each);
    }
    worst = max;
    return Math.abs(later) <= PERIOD / 2;
  }

  /** That of a loop that is stuck grows while it is. */
  double worstSeconds() {
    return Math.max(worst / 1e9, overdueSeconds());
  }

  /** How long the clock should have come by now; a loop that goes on is never late for long. */
  double overdueSeconds() {
    return over ? 0 : Math.max(0, nanoTime.getAsLong() - last - PERIOD) / 1e9;
  }
}
