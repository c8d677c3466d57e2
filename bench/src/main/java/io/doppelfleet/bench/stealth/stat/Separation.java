package io.doppelfleet.bench.stealth.stat;

import java.util.Arrays;
import java.util.SplittableRandom;

/** How well a number tells two sources apart. */
public final class Separation {
  private Separation() {}

  /**
   * The area under the curve of a judge who knows the two distributions' order (Mann and Whitney's
   * U, ties counted half), turned so that it is never below 0.5: 0.5 tells nothing, 1 all.
   *
   * @return 0.5 where a sample is empty
   */
  public static double auc(double[] one, double[] other) {
    double rising = rising(one, other);
    return Math.max(rising, 1 - rising);
  }

  /** The chance that a value of {@code other} is above one of {@code one}, ties counted half. */
  public static double rising(double[] one, double[] other) {
    if (one.length == 0 || other.length == 0) {
      return 0.5;
    }
    double[] sorted = one.clone();
    Arrays.sort(sorted);
    double above = 0;
    for (double value : other) {
      int below = lowerBound(sorted, value);
      int notAbove = below;
      while (notAbove < sorted.length && sorted[notAbove] == value) {
        notAbove++;
      }
      above += below + (notAbove - below) / 2.0;
    }
    return above / ((double) one.length * other.length);
  }

  private static int lowerBound(double[] sorted, double value) {
    int from = 0;
    int to = sorted.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (sorted[middle] < value) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  /** The values with as much added, evenly distributed, as a network's jitter is. */
  public static double[] jittered(double[] values, double most, SplittableRandom random) {
    return Arrays.stream(values).map(value -> value + most * random.nextDouble()).toArray();
  }

  /** The value below which a share of them lies; 0 of none. */
  public static double quantile(double[] values, double share) {
    if (values.length == 0) {
      return 0;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1L, (long) (share * sorted.length))];
  }
}
