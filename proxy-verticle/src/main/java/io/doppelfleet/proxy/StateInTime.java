package io.doppelfleet.proxy;

import io.doppelfleet.fleet.FleetState;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The state that a node runs, which says another thing when a key or a ban in it begins or ends:
 * then it is taken anew. As long as no state had a time there is no timer either.
 */
final class StateInTime {
  /** The wall clock may be set while a timer runs, so none is longer. */
  private static final long LONGEST_MILLIS = 500;

  private final Vertx vertx;
  private final Clock clock;
  private final Taker taker;
  private final AtomicBoolean ticks = new AtomicBoolean();
  private FleetState state;

  /** When the state says another thing next; null: never. */
  private volatile @Nullable Instant change;

  private volatile boolean over;

  /** Takes what a state says at a time. */
  interface Taker {
    /** Blocks for as long as it takes. */
    void take(FleetState state, Instant now);
  }

  /** With a state that was taken as it is at a time. */
  StateInTime(Vertx vertx, Clock clock, Taker taker, FleetState state, Instant now) {
    this.vertx = vertx;
    this.clock = clock;
    this.taker = taker;
    this.state = state;
    await(now);
  }

  /** Takes another one. */
  synchronized void become(FleetState next) {
    state = next;
    take();
  }

  private synchronized void take() {
    if (!over) {
      Instant now = clock.instant();
      taker.take(state, now);
      await(now);
    }
  }

  private void await(Instant now) {
    change = state.nextChange(now).orElse(null);
    if (change != null && !ticks.getAndSet(true)) {
      tick();
    }
  }

  /** On an event loop, which doesn't wait for who takes a state. */
  private void tick() {
    if (over) {
      return;
    }
    Instant next = change;
    long left =
        next == null ? LONGEST_MILLIS : Duration.between(clock.instant(), next).toMillis() + 1;
    if (left > 0) {
      vertx.setTimer(Math.min(left, LONGEST_MILLIS), now -> tick());
      return;
    }
    vertx
        .executeBlocking(
            () -> {
              take();
              return null;
            })
        .onComplete(taken -> vertx.setTimer(1, now -> tick()));
  }

  /** Takes nothing more. */
  void end() {
    over = true;
  }
}
