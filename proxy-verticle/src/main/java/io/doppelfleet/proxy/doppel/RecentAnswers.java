package io.doppelfleet.proxy.doppel;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * How long strangers of late waited from their hello to the cover's answer, as this node saw it: so
 * long clients wait too, whatever the cover, the way to it and this machine have to do just now.
 * Who probes fills it himself, so who uses it bounds it. Thread-safe.
 */
public final class RecentAnswers {
  private static final int KEPT = 16;

  /** So many say how they are spread; fewer say nothing. */
  private static final int ENOUGH = 8;

  /** What is older says nothing of now. */
  private static final long LATE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final RandomGenerator random;
  private final long[] when = new long[KEPT];
  private final long[] waits = new long[KEPT];
  private int seen;

  /**
   * Of nobody yet.
   *
   * @param random what is drawn becomes visible, so it need not be secret
   */
  public RecentAnswers(RandomGenerator random) {
    this.random = random;
  }

  /**
   * One was answered.
   *
   * @param now by {@link System#nanoTime}
   * @param nanos that it waited
   */
  public synchronized void add(long now, long nanos) {
    when[seen % KEPT] = now;
    waits[seen % KEPT] = nanos;
    seen = seen + 1 == 2 * KEPT ? KEPT : seen + 1;
  }

  /**
   * A wait between two of them that lie side by side, in nanoseconds, another one each time: the
   * same few again and again no server shows. 0 where there were too few of late.
   *
   * @param now by {@link System#nanoTime}
   */
  public synchronized long draw(long now) {
    int late = 0;
    while (late < Math.min(seen, KEPT) && now - when[at(late)] <= LATE_NANOS) {
      late++;
    }
    if (late < ENOUGH) {
      return 0;
    }
    long[] sorted = new long[late];
    for (int before = 0; before < late; before++) {
      sorted[before] = waits[at(before)];
    }
    Arrays.sort(sorted);
    int lower = random.nextInt(late - 1);
    return sorted[lower] + random.nextLong(sorted[lower + 1] - sorted[lower] + 1);
  }

  /** The place of one that was seen before, the last being 0. */
  private int at(int before) {
    return (seen - 1 - before + KEPT) % KEPT;
  }
}
