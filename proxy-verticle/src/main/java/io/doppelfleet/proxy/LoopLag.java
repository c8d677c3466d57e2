package io.doppelfleet.proxy;

/** How late an event loop's one-second clock came, the worst of the last minute. */
final class LoopLag {
  private static final int SECONDS = 60;
  private static final long PERIOD = 1_000_000_000L;

  private final long[] late = new long[SECONDS];
  private volatile long last = System.nanoTime();
  private int at;
  private volatile long worst;
  private volatile boolean over;

  /** The clock begins. */
  void begin() {
    last = System.nanoTime();
  }

  /** The loop's clock stands still from now on, and nobody waits for it. */
  void end() {
    over = true;
  }

  /** Called by the clock. */
  void tick() {
    long now = System.nanoTime();
    late[at] = Math.max(0, now - last - PERIOD);
    at = (at + 1) % SECONDS;
    last = now;
    long max = 0;
    for (long each : late) {
      max = Math.max(max, each);
    }
    worst = max;
  }

  /** That of a loop that is stuck grows while it is. */
  double worstSeconds() {
    return Math.max(worst / 1e9, overdueSeconds());
  }

  /** How long the clock should have come by now; a loop that goes on is never late for long. */
  double overdueSeconds() {
    return over ? 0 : Math.max(0, System.nanoTime() - last - PERIOD) / 1e9;
  }
}
