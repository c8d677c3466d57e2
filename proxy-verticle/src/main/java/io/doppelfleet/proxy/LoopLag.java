package io.doppelfleet.proxy;

/** How late an event loop's one-second clock came, the worst of the last minute. */
final class LoopLag {
  private static final int SECONDS = 60;
  private static final long PERIOD = 1_000_000_000L;

  private final long[] late = new long[SECONDS];
  private long last = System.nanoTime();
  private int at;
  private volatile long worst;

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

  double worstSeconds() {
    return worst / 1e9;
  }
}
