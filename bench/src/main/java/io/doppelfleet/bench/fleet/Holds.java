package io.doppelfleet.bench.fleet;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** How long event loops did nothing else: each is asked every millisecond, and may come late. */
final class Holds {
  private static final long EVERY_MILLIS = 1;

  private final List<AtomicLong> last = new ArrayList<>();
  private final AtomicLong longest = new AtomicLong();

  private Holds() {}

  /**
   * Watches from now on.
   *
   * @param loops how many Vert.x has, which it gives to contexts in turn
   */
  static Holds watch(Vertx vertx, int loops) {
    Holds holds = new Holds();
    for (int i = 0; i < loops; i++) {
      AtomicLong at = new AtomicLong(System.nanoTime());
      holds.last.add(at);
      vertx
          .getOrCreateContext()
          .runOnContext(go -> vertx.setPeriodic(EVERY_MILLIS, tick -> holds.ticked(at)));
    }
    return holds;
  }

  private void ticked(AtomicLong at) {
    long now = System.nanoTime();
    long gap = now - at.getAndSet(now);
    longest.accumulateAndGet(gap, Math::max);
  }

  /** What was is forgotten. */
  void begin() {
    long now = System.nanoTime();
    last.forEach(at -> at.set(now));
    longest.set(0);
  }

  /** Milliseconds beyond the one that is usual. */
  double longestMillis() {
    return Math.max(0, longest.get() / 1e6 - EVERY_MILLIS);
  }
}
