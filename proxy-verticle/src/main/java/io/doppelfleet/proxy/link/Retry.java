package io.doppelfleet.proxy.link;

import io.vertx.core.Vertx;
import java.util.random.RandomGenerator;

/**
 * When something is tried again that has failed: each wait is twice the last, up to the longest,
 * and half of it is by chance. One wait at a time. For one event loop.
 */
final class Retry {
  private static final long FIRST_MILLIS = 500;
  private static final long LONGEST_MILLIS = 8_000;

  private final Vertx vertx;
  private final RandomGenerator random;
  private final Runnable attempt;
  private long next = FIRST_MILLIS;
  private boolean waiting;

  Retry(Vertx vertx, RandomGenerator random, Runnable attempt) {
    this.vertx = vertx;
    this.random = random;
    this.attempt = attempt;
  }

  /** Unless that is already waited for. */
  void later() {
    if (waiting) {
      return;
    }
    waiting = true;
    long half = next / 2;
    next = Math.min(2 * next, LONGEST_MILLIS);
    vertx.setTimer(
        half + 1 + random.nextLong(half),
        waited -> {
          waiting = false;
          attempt.run();
        });
  }

  /** It has worked, or what failed is mended: the next wait is the first again. */
  void begin() {
    next = FIRST_MILLIS;
  }

  /** It will fail for a while. */
  void beSlow() {
    next = LONGEST_MILLIS;
  }
}
