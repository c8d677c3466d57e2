package io.doppelfleet.bench.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Who does something again and again, each on a virtual thread, until all are to end. */
final class Actors implements AutoCloseable {
  private static final Duration AT_MOST = Duration.ofMinutes(2);

  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  /** One of them. It tells of its failures by itself. */
  interface Actor {
    /** Does it once. */
    void act() throws InterruptedException;

    /** Will do it no more. */
    default void leave() {}
  }

  /**
   * So many begin, each at a time of its own.
   *
   * @param between the end of an act and the next one's beginning
   */
  void add(int count, Duration between, Supplier<Actor> actors) {
    for (int i = 0; i < count; i++) {
      Actor actor = actors.get();
      threads.add(Thread.ofVirtual().start(() -> go(actor, between)));
    }
  }

  private void go(Actor actor, Duration between) {
    try {
      long first = ThreadLocalRandom.current().nextLong(between.toMillis() + 1);
      for (boolean end = pause(first); !end; end = pause(between.toMillis())) {
        actor.act();
      }
      actor.leave();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits, or says that all are to end. */
  boolean pause(long millis) throws InterruptedException {
    return ended.await(millis, TimeUnit.MILLISECONDS);
  }

  /** Waits until each has done what it was at. */
  @Override
  public void close() throws InterruptedException {
    ended.countDown();
    long deadline = System.nanoTime() + AT_MOST.toNanos();
    for (Thread thread : threads) {
      Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
      if (!thread.join(left)) {
        thread.interrupt();
      }
    }
  }
}
