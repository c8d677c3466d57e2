package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.LimitQuestion;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How this node stands with those that share limits with it. What it was granted is its own for
 * {@value LimitQuestion#LEASE_SECONDS} s after the last question that was answered; where there is
 * no answer for longer they are cut off, and it has one of as many parts of each limit as there
 * were nodes. May be used on any thread.
 */
final class Peers {
  private static final long LEASE_NANOS = TimeUnit.SECONDS.toNanos(LimitQuestion.LEASE_SECONDS);

  private final LongSupplier nanoTime;

  /** Null where there is no control to ask. */
  private volatile @Nullable Runnable ask;

  /** Whether the last question was answered; the first one is waited for. */
  private volatile boolean answers;

  /** As it was told last, this one included. */
  private volatile int nodes = 1;

  private volatile Lease lease;

  /** The epoch of the control that has answered last. */
  private volatile long control;

  /** A time without a gap in which what was granted is held, until when by the monotonic clock. */
  private record Lease(long number, long end) {}

  /**
   * Alone.
   *
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  Peers(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.lease = new Lease(0, nanoTime.getAsLong());
  }

  /** From now on there is somebody to ask, who is told to do it soon; often, on any thread. */
  void begin(Runnable asking) {
    ask = asking;
    answers = true;
  }

  /** Whether somebody may say more than is known, so that it is worth to wait for it. */
  boolean answer() {
    return answers;
  }

  /** Whether nobody says what this node may use, nor has said what holds yet. */
  boolean areCutOff() {
    return !answers && nanoTime.getAsLong() - lease.end >= 0;
  }

  /** Somebody waits for an answer. */
  void ask() {
    Runnable asking = ask;
    if (asking != null) {
      asking.run();
    }
  }

  /** Whether what was granted in this lease is held yet. */
  boolean holds(long number) {
    Lease now = lease;
    return now.number == number && nanoTime.getAsLong() - now.end < 0;
  }

  /** The present lease. */
  long lease() {
    return lease.number;
  }

  /** Which control has answered last. */
  long control() {
    return control;
  }

  /** This node's part where they are cut off; 1 at least. */
  long alone(long limit) {
    return Math.max(1, limit / nodes);
  }

  /**
   * A control has answered.
   *
   * @param epoch of its messages, by which a control is told from others
   * @param sharing how many nodes there are
   * @param askedAt when it was asked, by the monotonic clock
   */
  void answered(long epoch, int sharing, long askedAt) {
    Lease last = lease;
    control = epoch;
    nodes = sharing;
    lease = new Lease(holds(last.number) ? last.number : last.number + 1, askedAt + LEASE_NANOS);
    answers = true;
  }

  /** No control has answered. */
  void unanswered() {
    answers = false;
  }
}
