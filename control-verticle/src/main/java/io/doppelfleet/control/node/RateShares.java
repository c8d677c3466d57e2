package io.doppelfleet.control.node;

import io.doppelfleet.fleet.LimitQuestion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much of a secret's rate each node has: what it wants, where others leave as much, else the
 * same as each other that wants more; and of what nobody wants an equal part. Of whom nothing was
 * heard for a lease's time has nothing.
 *
 * <p>A quarter of an equal part each has in any case, who begins at once, while the others still
 * use it. So until they have heard of that, in some seconds, n nodes may have 1/8 + 1/12 + ... +
 * 1/4n more than the limit together: ten of them half of it more, eighty as much again. Not safe
 * for use by several threads.
 */
final class RateShares {
  private static final long LEAST_PART = 4;

  private final Map<String, Map<String, Holding>> bySecret = new HashMap<>();

  /**
   * What a node may use.
   *
   * @param held as it said: until it has heard of another share, so that's what it goes by
   * @param since when it said so, by the monotonic clock
   */
  private record Holding(long wanted, long held, long granted, long since) {
    long most() {
      return Math.max(held, granted);
    }
  }

  /**
   * The share of a node, bytes a second; 0 for one that wants nothing.
   *
   * @param limit of all nodes together, bytes a second
   * @param now by the monotonic clock, nanoseconds
   */
  long grant(String secret, long limit, String node, LimitQuestion.Rate told, long now) {
    Map<String, Holding> byNode = bySecret.computeIfAbsent(secret, first -> new HashMap<>());
    byNode.remove(node);
    forget(byNode, now);
    if (told.wanted() == 0) {
      if (byNode.isEmpty()) {
        bySecret.remove(secret);
      }
      return 0;
    }
    long elsewhere = byNode.values().stream().mapToLong(Holding::most).sum();
    long least = limit / (LEAST_PART * (byNode.size() + 1L));
    long share = share(limit, least, told.wanted(), byNode.values());
    long granted = Math.max(Math.max(1, least), Math.min(share, limit - elsewhere));
    byNode.put(node, new Holding(told.wanted(), told.held(), granted, now));
    return granted;
  }

  /**
   * What a node uses that this control didn't grant, or not yet.
   *
   * @param again whether it comes by the question for which it has what was granted here last
   */
  void note(String secret, String node, LimitQuestion.Rate told, boolean again, long now) {
    Map<String, Holding> byNode = bySecret.computeIfAbsent(secret, first -> new HashMap<>());
    if (told.wanted() > 0) {
      Holding before = again ? byNode.get(node) : null;
      long granted = before == null ? 0 : before.granted;
      byNode.put(node, new Holding(told.wanted(), told.held(), granted, now));
    } else {
      byNode.remove(node);
    }
  }

  /** Of one that wants so much among others, where all hear of it at once. */
  private static long share(long limit, long least, long own, Collection<Holding> others) {
    long wanted = Math.max(own, least);
    List<Long> all = new ArrayList<>(List.of(wanted));
    others.forEach(other -> all.add(Math.max(other.wanted, least)));
    all.sort(null);
    long left = limit;
    long share = 0;
    for (int i = 0; i < all.size(); i++) {
      long allotted = Math.min(all.get(i), left / (all.size() - i));
      left -= allotted;
      if (all.get(i) == wanted) { // those who want the same have the same
        share = allotted;
      }
    }
    return share + left / all.size();
  }

  private static void forget(Map<String, Holding> byNode, long now) {
    byNode.values().removeIf(each -> now - each.since >= LimitBook.LEASE_NANOS);
  }

  /** What was held too long ago goes, of secrets too for which nobody asks. */
  void forget(long now) {
    bySecret.values().forEach(byNode -> forget(byNode, now));
    bySecret.values().removeIf(Map::isEmpty);
  }
}
