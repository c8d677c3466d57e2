package io.doppelfleet.proxy.rule;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many replays came from where within a time. Of {@value #MOST} networks at most: then the one
 * from which none came for longest is forgotten, so who has as many addresses is never banned. Safe
 * for use by many threads.
 */
final class ReplayCount {
  /** With a hundred times each it is 4 MB, with three 0.6 MB. */
  static final int MOST = 4_096;

  private final int most;
  private final long within;

  /** The last to replay comes last. */
  private final Map<Long, Times> byNetwork = new LinkedHashMap<>();

  /** Of one network: the last ones, in a ring. */
  private static final class Times {
    final long[] at;
    int count;
    long last;

    Times(int most) {
      this.at = new long[most];
    }

    /** Whether the last of so many were within the time. */
    boolean add(long now, long within) {
      int place = count++ % at.length;
      at[place] = now;
      last = now;
      if (count < at.length || now - at[(place + 1) % at.length] > within) {
        return false;
      }
      count = 0;
      return true;
    }
  }

  /**
   * Counts none yet.
   *
   * @param most so many are too many, 1 or more
   * @param within nanoseconds
   */
  ReplayCount(int most, long within) {
    this.most = most;
    this.within = within;
  }

  /**
   * One more has come.
   *
   * @param network as {@code AddressBits.networkKey} has it
   * @param now by the monotonic clock, nanoseconds; no less than the last one's
   * @return whether that are too many; then the next is the first again
   */
  synchronized boolean add(long network, long now) {
    Times before = byNetwork.remove(network);
    Times times = before == null ? new Times(most) : before;
    byNetwork.put(network, times);
    if (byNetwork.size() > MOST) {
      byNetwork.remove(byNetwork.keySet().iterator().next());
    }
    return times.add(now, within);
  }

  /** Whether one came from there within the time. */
  synchronized boolean has(long network, long now) {
    Times times = byNetwork.get(network);
    return times != null && now - times.last <= within;
  }
}
