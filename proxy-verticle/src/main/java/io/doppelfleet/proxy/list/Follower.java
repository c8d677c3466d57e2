package io.doppelfleet.proxy.list;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The thread on which one list is followed. */
final class Follower {
  private final FollowedList list;
  private final Runnable changed;
  private final CountDownLatch looked = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean ended;

  private Follower(FollowedList list, Runnable changed) {
    this.list = list;
    this.changed = changed;
    this.thread = Thread.ofVirtual().name("list-" + list.name()).unstarted(this::run);
  }

  /**
   * Begins.
   *
   * @param changed is called after each change, on a thread that may block; not after the end
   */
  static Follower start(FollowedList list, Runnable changed) {
    Follower follower = new Follower(list, changed);
    follower.thread.start();
    return follower;
  }

  private void run() {
    try {
      while (!ended) {
        look();
        looked.countDown();
        Thread.sleep(list.pause());
      }
    } catch (InterruptedException e) {
      // The node ends.
    }
  }

  private void look() throws InterruptedException {
    try {
      if (list.check() && !ended) {
        changed.run();
      }
    } catch (RuntimeException e) {
      list.failed(e);
    }
  }

  boolean follows(FollowedList one) {
    return list == one;
  }

  /** Waits until it has looked for the first time; whether it has. */
  boolean awaitFirst(long nanos) throws InterruptedException {
    return looked.await(nanos, TimeUnit.NANOSECONDS);
  }

  /** Interrupts what it does. */
  void end() {
    ended = true;
    thread.interrupt();
  }

  /** Waits for its end; whether it came. */
  boolean join(Duration longest) throws InterruptedException {
    return thread.join(longest);
  }
}
