package io.doppelfleet.bench.fleet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** How long something took, again and again, in milliseconds. For one thread. */
final class Times {
  private static final double MILLION = 1e6;

  private final List<Double> all = new ArrayList<>();

  /** The milliseconds since a time of {@link System#nanoTime}. */
  static double since(long begin) {
    return (System.nanoTime() - begin) / MILLION;
  }

  void add(double millis) {
    all.add(millis);
  }

  void add(Collection<Double> millis) {
    all.addAll(millis);
  }

  /** What this share of all took at most, 0.99 of them say. */
  double at(double share) {
    List<Double> sorted = all.stream().sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(share * sorted.size())));
  }

  double worst() {
    return Collections.max(all);
  }
}
