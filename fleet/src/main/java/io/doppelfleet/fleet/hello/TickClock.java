package io.doppelfleet.fleet.hello;

import io.vertx.core.Vertx;
import java.util.random.RandomGenerator;

/**
 * The clock by which nodes and controls tell each other of hellos. No pause depends on what there
 * is to tell, and each is another: always the same would be a mark of its own to who watches a
 * link. A hello waits for two ticks, so of the 250 ms after which all nodes know it 50 are left for
 * the ways to the control and back. For one event loop.
 */
public final class TickClock {
  /** The shortest pause. */
  public static final long LEAST_MILLIS = 60;

  /** The longest; 80 ms is the mean. */
  public static final long MOST_MILLIS = 100;

  private final Vertx vertx;
  private final RandomGenerator random;
  private final Runnable tick;
  private long timer;

  private TickClock(Vertx vertx, RandomGenerator random, Runnable tick) {
    this.vertx = vertx;
    this.random = random;
    this.tick = tick;
  }

  /**
   * Begins with a pause.
   *
   * @param random of the pauses
   * @param tick is run at each tick, on this event loop
   */
  public static TickClock start(Vertx vertx, RandomGenerator random, Runnable tick) {
    TickClock clock = new TickClock(vertx, random, tick);
    clock.pause();
    return clock;
  }

  private void pause() {
    long millis = random.nextLong(LEAST_MILLIS, MOST_MILLIS + 1);
    timer =
        vertx.setTimer(
            millis,
            over -> {
              pause();
              tick.run();
            });
  }

  /** No tick comes any more. */
  public void end() {
    vertx.cancelTimer(timer);
  }
}
