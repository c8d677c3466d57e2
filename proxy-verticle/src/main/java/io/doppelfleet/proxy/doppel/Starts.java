package io.doppelfleet.proxy.doppel;

import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/** Where each of some responses begins in a {@link Shape}, in the order of their bytes. */
final class Starts {
  private final char[] positions;
  private final long[] totals;

  /**
   * A response.
   *
   * @param position of its first record
   * @param bytes of all its records
   */
  record Start(int position, long bytes) {}

  /** Of one at least. */
  Starts(List<Start> starts) {
    List<Start> sorted = starts.stream().sorted(Comparator.comparingLong(Start::bytes)).toList();
    positions = new char[sorted.size()];
    totals = new long[sorted.size()];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = (char) sorted.get(i).position();
      totals[i] = sorted.get(i).bytes();
    }
  }

  /**
   * One like what is to be sent, another one each time.
   *
   * @param bytes that are to be sent
   * @param all whether they are all, or the first ones
   * @return its position
   */
  int choose(int bytes, boolean all, RandomGenerator random) {
    int from = firstOf(all ? bytes / 2 : bytes);
    int to = all ? firstOf(2L * bytes) : positions.length;
    if (from == to) {
      // None is like it: the next larger one, or where there is none the largest.
      from = Math.min(from, positions.length - 1);
      to = from + 1;
    }
    return positions[to - from == 1 ? from : random.nextInt(from, to)];
  }

  /** The first response of at least so many bytes. */
  private int firstOf(long bytes) {
    int from = 0;
    int to = totals.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (totals[middle] < bytes) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
