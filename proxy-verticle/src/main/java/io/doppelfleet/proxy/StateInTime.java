package io.doppelfleet.proxy;

import io.doppelfleet.fleet.FleetState;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state that a node runs, which says another thing when a key or a ban in it begins or ends,
 * some time after a key's end, and when the wall clock is set back: then it is taken anew. As long
 * as no state had a time there is no timer either.
 */
final class StateInTime {
  private static final Logger LOG = LoggerFactory.getLogger(StateInTime.class);

  /** The wall clock may be set while a timer runs, so none is longer. */
  private static final long LONGEST_MILLIS = 500;

  private final Vertx vertx;
  private final Clock clock;
  private final Taker taker;
  private final Duration grace;
  private final AtomicBoolean ticks = new AtomicBoolean();
  private FleetState state;
  private volatile Taken taken;
  private volatile boolean failing;
  private volatile boolean over;

  /** Takes what a state says at a time. */
  interface Taker {
    /** Blocks for as long as it takes. */
    void take(FleetState state, Instant now);
  }

  /**
   * What is known of the last taking.
   *
   * @param at when it was
   * @param change when the state says another thing next; null: never
   */
  private record Taken(Instant at, @Nullable Instant change) {
    static Taken of(FleetState state, Instant at, Duration grace) {
      Instant change = state.nextChange(at).orElse(null);
      Instant cut = state.nextKeyEnd(at.minus(grace)).map(end -> end.plus(grace)).orElse(null);
      return new Taken(at, cut == null || (change != null && change.isBefore(cut)) ? change : cut);
    }
  }

  /**
   * With a state that was taken as it is at a time.
   *
   * @param grace how long after a key's end it is taken once more
   */
  StateInTime(
      Vertx vertx, Clock clock, Taker taker, Duration grace, FleetState state, Instant now) {
    this.vertx = vertx;
    this.clock = clock;
    this.taker = taker;
    this.grace = grace;
    this.state = state;
    this.taken = Taken.of(state, now, grace);
  }

  /** From now on the state is taken anew in time. */
  synchronized void begin() {
    tickWhereTimed();
  }

  /** Takes another one. */
  synchronized void become(FleetState next) {
    state = next;
    take();
    tickWhereTimed();
  }

  private synchronized void take() {
    if (!over) {
      Instant now = clock.instant();
      taker.take(state, now);
      taken = Taken.of(state, now, grace);
    }
  }

  /** Times that are past count: the clock may be set back to before them. */
  private void tickWhereTimed() {
    if (state.nextChange(Instant.EPOCH).isPresent() && !ticks.getAndSet(true)) {
      tick();
    }
  }

  /** On an event loop, which doesn't wait for who takes a state. */
  private void tick() {
    if (over) {
      return;
    }
    Taken last = taken;
    Instant now = clock.instant();
    long left =
        last.change == null ? LONGEST_MILLIS : Duration.between(now, last.change).toMillis() + 1;
    if (left > 0 && !now.isBefore(last.at)) {
      tickIn(Math.min(left, LONGEST_MILLIS));
      return;
    }
    vertx
        .executeBlocking(
            () -> {
              take();
              return null;
            })
        .onComplete(
            done -> {
              tell(done.cause());
              tickIn(done.succeeded() ? 1 : LONGEST_MILLIS);
            });
  }

  private void tickIn(long millis) {
    if (!over) {
      vertx.setTimer(millis, later -> tick());
    }
  }

  /** Once, and once more when it is over. */
  private void tell(@Nullable Throwable failure) {
    boolean before = failing;
    failing = failure != null;
    if (failure != null && !before && !over) {
      LOG.warn("what begins or ends now doesn't yet; it is tried again", failure);
    } else if (failure == null && before) {
      LOG.info("what was to begin or end has");
    }
  }

  /** Takes nothing more. */
  void end() {
    over = true;
  }
}
