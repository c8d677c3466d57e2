package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.LimitQuestion;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How this node stands with those that share limits with it. What it was granted is its own for
 * {@value LimitQuestion#LEASE_SECONDS} s after the question; where it has nothing of that any more,
 * and no answer, they are cut off, and it has one of as many parts of each limit as there were
 * nodes. May be used on any thread.
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

  /** The epoch of the control that has answered last. */
  private volatile long control;

  /** When the last question that was answered was asked, by the monotonic clock. */
  private volatile long askedAt;

  /**
   * Alone.
   *
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  Peers(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.askedAt = nanoTime.getAsLong() - LEASE_NANOS;
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

  /**
   * Whether nobody says what this node may use, nor has said what holds yet. Where that was only
   * late, others may have all of a limit: but clients who are refused for nothing are worse.
   */
  boolean areCutOff() {
    return !answers && !holds(end());
  }

  /** Somebody waits for an answer. */
  void ask() {
    Runnable asking = ask;
    if (asking != null) {
      asking.run();
    }
  }

  /** Until when what is granted now is held, by the monotonic clock. */
  long end() {
    return askedAt + LEASE_NANOS;
  }

  /** Whether what is held until then is held yet. */
  boolean holds(long end) {
    return nanoTime.getAsLong() - end < 0;
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
   * @param at when it was asked, by the monotonic clock
   */
  void answered(long epoch, int sharing, long at) {
    control = epoch;
    nodes = sharing;
    askedAt = at;
    answers = true;
  }

  /** No control has answered. */
  void unanswered() {
    answers = false;
  }
}
