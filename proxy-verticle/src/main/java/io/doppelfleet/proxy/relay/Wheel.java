package io.doppelfleet.proxy.relay;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Wakes those of an event loop whose bytes wait, by one task which there is only while somebody
 * sleeps. A slot is a millisecond; who sleeps is in one, and may be in others that mean nothing any
 * more.
 */
final class Wheel implements Runnable {
  /** More than the longest sleep. */
  private static final int SLOTS = 64;

  /** A slot's width in microseconds, as a power of two. */
  private static final int WIDTH = 10;

  /** Entries of a slot for which memory is kept. */
  private static final int KEPT = 256;

  private static final long NEVER = Long.MAX_VALUE;

  private final List<List<Sleeper>> slots = new ArrayList<>(SLOTS);
  private int entries;

  /** The last slot that was gone through. */
  private long last;

  private long armed = NEVER;
  private @Nullable Future<?> task;
  private @Nullable EventLoop loop;
  private boolean running;

  Wheel() {
    for (int slot = 0; slot < SLOTS; slot++) {
      slots.add(new ArrayList<>());
    }
  }

  /** Who may sleep. */
  interface Sleeper {
    /** Not asleep. */
    short AWAKE = -1;

    /** The slot it sleeps in, or {@link #AWAKE}, as {@link #slot(short)} last said. */
    short slot();

    /** Keeps the slot for the wheel. */
    void slot(short slot);

    /** The time has come, or almost. */
    void wake();
  }

  /** Microseconds of a clock that is never set. */
  static long micros() {
    return System.nanoTime() / 1000;
  }

  /**
   * Wakes somebody, unless that is to happen sooner already.
   *
   * @param micros from now, less than 60,000; it may become a slot more
   * @param loop the caller's
   */
  void sleep(Sleeper sleeper, int micros, EventLoop loop) {
    long now = micros();
    long at = ((now + micros) >> WIDTH) + 1;
    long passed = now >> WIDTH;
    if (sleeper.slot() != Sleeper.AWAKE
        && ((sleeper.slot() - passed) & (SLOTS - 1)) <= at - passed) {
      return;
    }
    if (entries == 0) {
      last = passed;
    }
    int slot = (int) (at & (SLOTS - 1));
    slots.get(slot).add(sleeper);
    entries++;
    sleeper.slot((short) slot);
    this.loop = loop;
    arm(at, now, loop);
  }

  private void arm(long at, long now, EventLoop loop) {
    if (at < armed && !running) {
      if (task != null) {
        task.cancel(false);
      }
      armed = at;
      task = loop.schedule(this, (at << WIDTH) - now, TimeUnit.MICROSECONDS);
    }
  }

  @Override
  public void run() {
    running = true;
    long now = micros();
    long to = now >> WIDTH;
    try {
      for (long slot = Math.max(last + 1, to - SLOTS + 1); slot <= to; slot++) {
        goThrough((int) (slot & (SLOTS - 1)));
      }
    } finally {
      last = to;
      running = false;
      armed = NEVER;
      task = null;
      armNext(to, now);
    }
  }

  private void armNext(long to, long now) {
    EventLoop own = loop;
    for (long slot = to + 1; entries > 0 && own != null; slot++) {
      if (!slots.get((int) (slot & (SLOTS - 1))).isEmpty()) {
        arm(slot, now, own);
        return;
      }
    }
  }

  /** Who can't be woken ends by itself: nobody here throws. */
  private void goThrough(int slot) {
    List<Sleeper> in = slots.get(slot);
    int count = in.size();
    for (int i = 0; i < count; i++) {
      Sleeper sleeper = in.get(i);
      if (sleeper.slot() == slot) {
        sleeper.slot(Sleeper.AWAKE);
        sleeper.wake();
      }
    }
    entries -= count;
    if (count > KEPT) {
      slots.set(slot, new ArrayList<>(in.subList(count, in.size())));
    } else if (count == in.size()) {
      in.clear();
    } else {
      in.subList(0, count).clear(); // the loop was late, and who sleeps on came into the same one
    }
  }
}
