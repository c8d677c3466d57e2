package io.doppelfleet.control.node;

import io.doppelfleet.fleet.LimitQuestion;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How many of a secret's connections each node may have: all together never more than the limit, as
 * long as it isn't lowered. A node has what it uses, and of what nobody does a half, so that it
 * needn't ask for each; while somebody goes short it has nothing beyond what it uses. Of whom
 * nothing was heard for a lease's time has nothing. Not safe for use by several threads.
 */
final class SeatShares {
  /** Nodes ask each second, and so give back what they don't use. */
  private static final long SHORT_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final Map<String, Pot> bySecret = new HashMap<>();

  private static final class Pot {
    final Map<String, Holding> byNode = new HashMap<>();
    boolean isShort;
    long shortSince;
  }

  /**
   * What a node may have.
   *
   * @param held as it said: until it has heard of another share, so that's what it goes by
   * @param since when it said so, by the monotonic clock
   */
  private record Holding(int held, int granted, long since) {
    long most() {
      return Math.max(held, granted);
    }
  }

  /**
   * The share of a node.
   *
   * @param limit of all nodes together
   * @param now by the monotonic clock, nanoseconds
   */
  int grant(String secret, int limit, String node, LimitQuestion.Connections told, long now) {
    Pot pot = bySecret.computeIfAbsent(secret, first -> new Pot());
    pot.byNode.remove(node);
    forget(pot, now);
    long elsewhere = pot.byNode.values().stream().mapToLong(Holding::most).sum();
    long free = Math.max(0, limit - elsewhere);
    long wanted = (long) told.taken() + told.waiting();
    if (wanted > free) {
      pot.isShort = true;
      pot.shortSince = now;
    }
    pot.isShort &= now - pot.shortSince < SHORT_NANOS;
    long spare = pot.isShort || wanted == 0 ? 0 : (free - wanted) / 2;
    int granted = (int) Math.min(free, wanted + spare);
    int held = Math.max(told.taken(), told.held());
    if (granted > 0 || held > 0) {
      pot.byNode.put(node, new Holding(held, granted, now));
    } else if (pot.byNode.isEmpty()) {
      bySecret.remove(secret);
    }
    return granted;
  }

  /**
   * What a node has that this control didn't grant, or not yet.
   *
   * @param again whether it comes by the question for which it has what was granted here last
   */
  void note(String secret, String node, LimitQuestion.Connections told, boolean again, long now) {
    int held = Math.max(told.taken(), told.held());
    Pot pot = bySecret.computeIfAbsent(secret, first -> new Pot());
    Holding before = again ? pot.byNode.get(node) : null;
    int granted = before == null ? 0 : before.granted;
    pot.byNode.put(node, new Holding(held, granted, now)); // also where that is nothing any more
  }

  private static void forget(Pot pot, long now) {
    pot.byNode.values().removeIf(each -> now - each.since >= LimitBook.LEASE_NANOS);
  }

  /** What was held too long ago goes, of secrets too for which nobody asks. */
  void forget(long now) {
    bySecret.values().forEach(pot -> forget(pot, now));
    bySecret.values().removeIf(pot -> pot.byNode.isEmpty());
  }
}
