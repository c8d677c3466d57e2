package io.doppelfleet.proxy.greeting;

import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The secrets that clients of this node used last, whatever their host names. For any thread. */
final class RecentSecrets {
  /** How many at most: all of them are tried in 0.5 ms for a hello of 517 bytes, 1.2 for 1750. */
  static final int BOUND = 1024;

  private final SequencedSet<LiveSecret> byUse = new LinkedHashSet<>();
  private volatile @Nullable Set<LiveSecret> all = Set.of();

  /** A client was served by it. */
  synchronized void used(LiveSecret secret) {
    int before = byUse.size();
    byUse.addLast(secret); // moves one that is there
    if (byUse.size() != before) {
      if (before == BOUND) {
        byUse.removeFirst();
      }
      all = null;
    }
  }

  /** Forgets the others. */
  synchronized void keep(Predicate<LiveSecret> live) {
    if (byUse.removeIf(live.negate())) {
      all = null;
    }
  }

  /** Those of now, in no order; immutable. One may be of a state that has gone meanwhile. */
  Set<LiveSecret> all() {
    Set<LiveSecret> known = all;
    return known != null ? known : copy();
  }

  private synchronized Set<LiveSecret> copy() {
    Set<LiveSecret> copy = Set.copyOf(byUse);
    all = copy;
    return copy;
  }
}
