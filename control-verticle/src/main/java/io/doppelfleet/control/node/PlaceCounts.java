package io.doppelfleet.control.node;

import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.Limits.AddressLimit;
import io.micrometer.core.instrument.Counter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * From how many different addresses secrets' clients came within a time, on all nodes together;
 * nobody here knows which. It takes 35 MB at the most. No secret has more than is left for all
 * others, nor more than twice its limit, whatever a node tells. Not safe for use by several
 * threads.
 */
final class PlaceCounts {
  /** Of all secrets. */
  static final int MOST = 1 << 18;

  private final Counter uncounted;
  private final Map<String, Pot> bySecret = new LinkedHashMap<>();
  private int total;

  /** Those of a key of a secret. */
  private static final class Pot {
    final int generation;
    AddressLimit limit;

    /** The longest ago comes first. */
    final Map<Integer, Seen> seen = new LinkedHashMap<>(16, 0.75f, true);

    Pot(int generation, AddressLimit limit) {
      this.generation = generation;
      this.limit = limit;
    }
  }

  /**
   * An address.
   *
   * @param at last, by the monotonic clock
   * @param node that told of it first: one that is seized makes no other's its own
   */
  private record Seen(long at, String node) {}

  /** Counts each time that an address finds no room here, for there are too many of all secrets. */
  PlaceCounts(Counter uncounted) {
    this.uncounted = uncounted;
  }

  /**
   * Whose clients may come of those who wait; null where they aren't counted: there are too many of
   * all secrets, or the node goes by another key than the newest.
   *
   * @param generation of the newest key
   * @param now by the monotonic clock, nanoseconds
   */
  @Nullable List<Integer> admit(
      String secret,
      AddressLimit limit,
      int generation,
      String node,
      LimitQuestion.Addresses told,
      long now) {
    if (told.generation() != generation) {
      return null;
    }
    Pot pot = bySecret.get(secret);
    if (pot == null || pot.generation != generation) {
      drop(secret);
      pot = new Pot(generation, limit);
      bySecret.put(secret, pot);
    }
    pot.limit = limit;
    forget(pot, now);
    for (Integer each : told.seen()) {
      if (pot.seen.containsKey(each)) {
        see(pot, each, node, now);
      } else if (pot.seen.size() < 2L * limit.count()) {
        if (isFull(pot)) {
          uncounted.increment();
        } else {
          see(pot, each, node, now);
        }
      }
    }
    List<Integer> admitted = new ArrayList<>();
    for (Integer each : told.wanted()) {
      boolean known = pot.seen.containsKey(each);
      if (!known && isFull(pot) && pot.seen.size() < limit.count()) {
        uncounted.increment(told.wanted().size() - admitted.size());
        return null;
      }
      if (known || pot.seen.size() < limit.count()) {
        see(pot, each, node, now);
        admitted.add(each);
      }
    }
    return admitted;
  }

  private boolean isFull(Pot pot) {
    return pot.seen.size() >= MOST - total;
  }

  private void see(Pot pot, Integer token, String node, long now) {
    Seen before = pot.seen.get(token);
    pot.seen.put(token, new Seen(now, before == null ? node : before.node));
    if (before == null) {
      total++;
    }
  }

  private void forget(Pot pot, long now) {
    long window = pot.limit.window().toNanos();
    Iterator<Seen> oldest = pot.seen.values().iterator();
    while (oldest.hasNext() && now - oldest.next().at >= window) {
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
  void keep(Set<String> limited) {
    List.copyOf(bySecret.keySet()).stream()
        .filter(each -> !limited.contains(each))
        .forEach(this::drop);
  }

  /** What was seen too long ago goes, of those too that nobody asks for. */
  void forget(long now) {
    bySecret.values().forEach(pot -> forget(pot, now));
    bySecret.values().removeIf(pot -> pot.seen.isEmpty());
  }

  /** What a node was the first to tell that was removed goes: it may be made up. */
  void forget(String node) {
    for (Pot pot : bySecret.values()) {
      int before = pot.seen.size();
      pot.seen.values().removeIf(seen -> seen.node.equals(node));
      total -= before - pot.seen.size();
    }
  }
}
