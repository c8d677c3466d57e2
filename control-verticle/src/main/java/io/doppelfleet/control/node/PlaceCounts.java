package io.doppelfleet.control.node;

import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.Limits.AddressLimit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From how many different addresses secrets' clients came within a time, on all nodes together;
 * nobody here knows which. It takes 30 MB at the most. Not safe for use by several threads.
 */
final class PlaceCounts {
  /** Of all secrets. */
  static final int MOST = 1 << 18;

  private final Map<String, Pot> bySecret = new LinkedHashMap<>();
  private int total;

  /** Those of a key of a secret. */
  private static final class Pot {
    final int generation;

    /** When each was seen last, by the monotonic clock; the longest ago comes first. */
    final Map<Integer, Long> seen = new LinkedHashMap<>(16, 0.75f, true);

    Pot(int generation) {
      this.generation = generation;
    }
  }

  /**
   * Whose clients may come of those who wait; null where they aren't counted: there are too many of
   * all secrets, or the node goes by a key that has a newer one.
   *
   * @param now by the monotonic clock, nanoseconds
   */
  @Nullable List<Integer> admit(
      String secret, AddressLimit limit, LimitQuestion.Addresses told, long now) {
    Pot pot = bySecret.get(secret);
    if (pot == null || pot.generation < told.generation()) {
      drop(secret);
      pot = new Pot(told.generation());
      bySecret.put(secret, pot);
    }
    if (pot.generation > told.generation()) {
      return null;
    }
    forget(pot, now - limit.window().toNanos());
    for (Integer each : told.seen()) {
      if (total < MOST || pot.seen.containsKey(each)) {
        see(pot, each, now);
      }
    }
    List<Integer> admitted = new ArrayList<>();
    for (Integer each : told.wanted()) {
      boolean known = pot.seen.containsKey(each);
      if (!known && total >= MOST) {
        return null;
      }
      if (known || pot.seen.size() < limit.count()) {
        see(pot, each, now);
        admitted.add(each);
      }
    }
    return admitted;
  }

  private void see(Pot pot, Integer token, long now) {
    if (pot.seen.put(token, now) == null) {
      total++;
    }
  }

  private void forget(Pot pot, long before) {
    Iterator<Long> oldest = pot.seen.values().iterator();
    while (oldest.hasNext() && oldest.next() - before <= 0) {
      oldest.remove();
      total--;
    }
  }

  private void drop(String secret) {
    Pot pot = bySecret.remove(secret);
    if (pot != null) {
      total -= pot.seen.size();
    }
  }

  /** Of secrets whose addresses aren't limited nothing needs to be known any more. */
  void keepLimited(Map<String, Limits> limits) {
    for (String secret : List.copyOf(bySecret.keySet())) {
      if (limit(limits, secret) == null) {
        drop(secret);
      }
    }
  }

  /** What was seen too long ago goes, of those too that nobody asks for. */
  void forget(Map<String, Limits> limits, long now) {
    bySecret.forEach(
        (secret, pot) -> {
          AddressLimit limit = limit(limits, secret);
          if (limit != null) {
            forget(pot, now - limit.window().toNanos());
          }
        });
    bySecret.values().removeIf(pot -> pot.seen.isEmpty());
  }

  private static @Nullable AddressLimit limit(Map<String, Limits> limits, String secret) {
    Limits own = limits.get(secret);
    return own == null ? null : own.addresses();
  }
}
