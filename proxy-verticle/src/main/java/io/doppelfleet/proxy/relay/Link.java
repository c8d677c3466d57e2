package io.doppelfleet.proxy.relay;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The machine's link, of which a node may fill so much: while that is full each secret gets its
 * share, whatever it asks for, and strangers together are one secret. Who has been given least is
 * next (start-time fair queueing): bytes are counted only while somebody waits, and who begins to
 * wait begins with what he has who passed last, so nobody saves up. Shared by all event loops; of
 * each the least is known to the others, so a secret that is on all of them has no more.
 */
public final class Link {
  private static final long NOBODY = Long.MAX_VALUE;

  /** Of what passes while it is full strangers' first bytes may be this part without waiting. */
  private static final int FIRST_PART = 4;

  /** A loop that is late by more isn't waited for. */
  private static final long LATE_NANOS = 5_000_000;

  private final Rate rate;
  private final Rate first;
  private final LongSupplier nanoTime;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLongArray least;

  /** Until when the least of a loop is waited for: it was to say it anew before. */
  private final AtomicLongArray until;

  /** What the share was given that passed last: who begins to wait begins with that at least. */
  private final AtomicLong present = new AtomicLong();

  private final Share strangers = new Share();
  private final LongAdder waits = new LongAdder();

  /**
   * With nobody on it; null where it has no bound.
   *
   * @param bytesPerSecond both ways together, 1 KiB to 1 TiB; 0 for no bound
   */
  public static @Nullable Link of(long bytesPerSecond, int loops) {
    return bytesPerSecond == 0 ? null : new Link(bytesPerSecond, loops, System::nanoTime);
  }

  Link(long bytesPerSecond, int loops, LongSupplier nanoTime) {
    long now = nanoTime.getAsLong();
    this.rate = new Rate(bytesPerSecond, now);
    this.first = new Rate(bytesPerSecond / FIRST_PART, now);
    this.nanoTime = nanoTime;
    this.least = new AtomicLongArray(loops);
    this.until = new AtomicLongArray(loops);
    for (int loop = 0; loop < loops; loop++) {
      least.set(loop, NOBODY);
      until.set(loop, now);
    }
  }

  /** What all strangers have together, on whichever loops they are. */
  Share strangers() {
    return strangers;
  }

  /** How long nothing more is to be read, microseconds; 0: it may be. */
  long pauseMicros() {
    return Math.ceilDiv(rate.pause(nanoTime.getAsLong()), 1_000);
  }

  /** Whether a stranger's first bytes needn't wait now, however full the link is. */
  boolean mayPassFirst() {
    return first.pause(nanoTime.getAsLong()) == 0;
  }

  /**
   * So many of a stranger's first bytes are about to pass. Where the link isn't full, or they had
   * to wait for it, they took nothing of what such may pass.
   */
  void passesFirst(int bytes) {
    if ((isContended() || pauseMicros() > 0) && mayPassFirst()) {
      first.passed(bytes, nanoTime.getAsLong());
    }
  }

  /** The most that is to be read at once, bytes. */
  int most() {
    return rate.most();
  }

  /** So many bytes passed, of one secret or of strangers. */
  void passed(Share share, int bytes) {
    rate.passed(bytes, nanoTime.getAsLong());
    if (isContended()) {
      share.given(bytes);
    }
  }

  /** Whether somebody waits, on whichever loop. */
  boolean isContended() {
    return waiting.get() > 0;
  }

  /** A share begins to wait: what it went without before is past. */
  void begins(Share share) {
    share.begin(present.get());
  }

  /** It is the least of its loop, and passes. */
  void passes(Share share) {
    present.accumulateAndGet(share.given(), Math::max);
  }

  /** One side more waits. */
  void waits() {
    waiting.incrementAndGet();
    waits.increment();
  }

  /** One waits no longer. */
  void waitsNoMore() {
    waiting.decrementAndGet();
  }

  /** What the least share that waits on a loop was given; {@link #nobody} waits there. */
  void least(int loop, long given) {
    long soon = nanoTime.getAsLong() + LATE_NANOS;
    if (soon - until.getPlain(loop) > 0) { // who sleeps says it anew later than that
      until.setPlain(loop, soon);
    }
    least.setRelease(loop, given);
  }

  /** Those of this loop sleep for so many microseconds, and say it anew then. */
  void sleeps(int loop, int micros) {
    until.setRelease(loop, nanoTime.getAsLong() + micros * 1_000L + LATE_NANOS);
  }

  /** Nobody waits on this loop. */
  void nobody(int loop) {
    least.setRelease(loop, NOBODY);
  }

  /** What the least was given of all that wait on loops that go on. */
  long least() {
    long now = nanoTime.getAsLong();
    long given = NOBODY;
    for (int loop = 0; loop < least.length(); loop++) {
      long own = least.getAcquire(loop);
      if (own < given && until.getAcquire(loop) - now >= 0) {
        given = own;
      }
    }
    return given;
  }

  /** How often a read has waited. */
  public long waited() {
    return waits.sum();
  }
}
