package io.doppelfleet.control.link;

import io.doppelfleet.control.store.Member;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes that came with the identity of a node whose link another one has: as a rule its disk
 * was copied. On the links' event loop, but for what is said of one.
 */
final class SecondHolders {
  /** So long after its last try one is told of. */
  private static final Duration TOLD = Duration.ofSeconds(60);

  private static final Logger LOG = LoggerFactory.getLogger(SecondHolders.class);

  private final Clock clock;
  private final Map<Long, Instant> refused = new ConcurrentHashMap<>();

  /** When those were last seen elsewhere for whom another process of theirs was refused here. */
  private final Map<Long, Instant> heldFor = new ConcurrentHashMap<>();

  SecondHolders(Clock clock) {
    this.clock = clock;
  }

  /** Another process than the one whose link is open, here or at another control, was refused. */
  void refused(Member member) {
    Instant now = clock.instant();
    Instant last = refused.put(member.id(), now);
    if (last == null || last.plus(TOLD).isBefore(now)) {
      LOG.warn(
          "a second holder of the identity of node {} was refused: was its disk copied? If so,"
              + " remove the node and join both machines anew",
          member.name());
    }
  }

  /**
   * Another process was refused, for one whose link another control has. That may have ended
   * without a word, with its control, and this be the next one: so nothing is told until it was
   * seen once more.
   */
  void heldElsewhere(Member member) {
    Instant seen = member.seen();
    if (seen != null) {
      Instant before = heldFor.put(member.id(), seen);
      if (before != null && seen.isAfter(before)) {
        refused(member);
      }
    }
  }

  /** A node's link is open here. */
  void opened(Member member) {
    heldFor.remove(member.id());
  }

  /** A node was removed. */
  void forget(Member member) {
    refused.remove(member.id());
    heldFor.remove(member.id());
  }

  /** When a second holder of a node's identity was refused; null: not of late. Any thread. */
  @Nullable Instant at(long id) {
    Instant at = refused.get(id);
    return at == null || at.plus(TOLD).isBefore(clock.instant()) ? null : at;
  }
}
