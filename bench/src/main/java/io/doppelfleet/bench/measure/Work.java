package io.doppelfleet.bench.measure;

import java.io.IOException;
import java.time.Duration;

/**
 * What a process spent between two moments.
 *
 * @param seconds that passed
 * @param processorSeconds of all its threads
 */
record Work(double seconds, double processorSeconds) {

  /** A moment to measure from. */
  static final class Watch {
    private final ProcessCosts costs;
    private final Duration before;
    private final long start;

    Watch(ProcessCosts costs) throws IOException {
      this.costs = costs;
      this.before = costs.processorTime();
      this.start = System.nanoTime();
    }

    Work stop() throws IOException {
      double seconds = (System.nanoTime() - start) / 1e9;
      return new Work(seconds, costs.processorTime().minus(before).toNanos() / 1e9);
    }
  }
}
