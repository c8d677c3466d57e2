package io.doppelfleet.bench.soak;

/** A time in which a node was away. What was under way in it is lost by that and nobody's fault. */
final class Outage {
  private boolean now;
  private long ended = System.nanoTime();

  synchronized void begin() {
    now = true;
  }

  synchronized void end() {
    now = false;
    ended = System.nanoTime();
  }

  /**
   * Whether what ends now was under way in it.
   *
   * @param begun when that began, of {@link System#nanoTime}
   */
  synchronized boolean touches(long begun) {
    return now || begun - ended < 0;
  }
}
