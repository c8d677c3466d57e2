package io.doppelfleet.control.link;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Machines that are not known yet: only so many at once, and in a second. On the links' event loop.
 */
final class Strangers {
  /**
   * At once. One more takes the place of the oldest that has not said its first word, so who holds
   * all places keeps no node out.
   */
  private static final int MOST = 64;

  /** Handshakes begun in a second: each takes an event loop about a millisecond. */
  private static final int MOST_HANDSHAKES = 100;

  private final Counter refused;
  private final Set<Session> all = new LinkedHashSet<>();
  private int handshakes;

  /** Counts those that were closed for there were too many. */
  Strangers(Counter refused) {
    this.refused = refused;
  }

  /** Whether one more may come, for which another may have had to go. */
  boolean mayCome() {
    boolean may = ++handshakes <= MOST_HANDSHAKES && (all.size() < MOST || makeRoom());
    if (!may) {
      refused.increment();
    }
    return may;
  }

  private boolean makeRoom() {
    Optional<Session> oldest = all.stream().filter(Session::isSilent).findFirst();
    oldest.ifPresent(
        session -> {
          refused.increment();
          session.hangUp();
        });
    return oldest.isPresent();
  }

  void came(Session session) {
    all.add(session);
  }

  /** It is known, or has ended. */
  void left(Session session) {
    all.remove(session);
  }

  /** Called once a second: who has not said its first word for so long goes. */
  void tick(Duration silent) {
    handshakes = 0;
    long now = System.nanoTime();
    List.copyOf(all).stream()
        .filter(session -> session.isSilent() && now - session.since() > silent.toNanos())
        .forEach(Session::hangUp); // also who sends a byte now and then
  }

  void hangUp() {
    List.copyOf(all).forEach(Session::hangUp);
  }
}
