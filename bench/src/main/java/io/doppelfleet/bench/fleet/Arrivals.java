package io.doppelfleet.bench.fleet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** When which revision was run, by nodes that are told apart by nothing. */
final class Arrivals {
  private final Map<Long, List<Long>> byRevision = new HashMap<>();

  /** A node runs it since then, on {@link System#nanoTime}'s clock. */
  synchronized void add(long revision, long at) {
    byRevision.computeIfAbsent(revision, first -> new ArrayList<>()).add(at);
    notifyAll();
  }

  /**
   * Waits until so many nodes run a revision.
   *
   * @return when each began to, on {@link System#nanoTime}'s clock
   */
  synchronized List<Long> await(long revision, int nodes, int seconds)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (byRevision.getOrDefault(revision, List.of()).size() < nodes) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        throw new IOException(
            "after %d s revision %d is run by %d of %d nodes"
                .formatted(
                    seconds, revision, byRevision.getOrDefault(revision, List.of()).size(), nodes));
      }
      wait(left);
    }
    return List.copyOf(byRevision.remove(revision));
  }
}
