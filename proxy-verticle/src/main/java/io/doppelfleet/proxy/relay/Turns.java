package io.doppelfleet.proxy.relay;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Who of one event loop waits for a secret's rate, in the order in which they came: each reads one
 * chunk in its turn, and comes last then. So nobody who has much keeps the others from a little,
 * and however many wait, the wheel wakes one. Who then has to wait for the node's rate too is the
 * only one that does: what it reads is known only after that, and decides when the next may.
 */
final class Turns implements Wheel.Sleeper {
  /** Microseconds; the wheel knows no more than 60,000, and a rate may be lifted meanwhile. */
  private static final int LONGEST_SLEEP = 50_000;

  private final Allowance allowance;
  private final Wheel wheel;
  private final EventLoop loop;
  private final Deque<Side> waiting = new ArrayDeque<>();
  private short slot = AWAKE;

  /** It has its turn, and waits for the node's rate. */
  private @Nullable Side ahead;

  /** Turns are being had, or come as soon as the loop has seen to the others. */
  private boolean serves;

  /** Nobody waits. */
  Turns(Allowance allowance, Wheel wheel, EventLoop loop) {
    this.allowance = allowance;
    this.wheel = wheel;
    this.loop = loop;
  }

  /** Whether a side has to wait: then it does, and {@link Side#turn} is called in time. */
  boolean take(Side side) {
    long micros = allowance.pauseMicros();
    if (micros == 0 && ((waiting.isEmpty() && ahead == null) || !allowance.hasRate())) {
      return false;
    }
    waiting.add(side);
    allowance.waits();
    if (!serves) {
      goOn();
    }
    return true;
  }

  /** It needn't wait here, but does for the node's rate. */
  void waitsForLink(Side side) {
    if (allowance.hasRate()) {
      ahead = side;
    }
  }

  /** It waited for the node's rate, and has read. */
  void hadTurn(Side side) {
    if (ahead == side) {
      ahead = null;
      goOn();
    }
  }

  /** It ends: its turn doesn't come. */
  void leave(Side side) {
    waiting.remove(side);
    hadTurn(side);
  }

  private void goOn() {
    if (slot == AWAKE && ahead == null && !waiting.isEmpty()) {
      sleep(allowance.pauseMicros());
    }
  }

  @Override
  public void wake() {
    serves = true;
    // Each once at most: the others of the loop come between.
    for (int left = waiting.size(); left > 0 && mayServe(); left--) {
      Side next = waiting.poll();
      if (next != null && !next.turn()) { // null: one may have ended by another's turn
        ahead = next;
      }
    }
    if (!waiting.isEmpty() && mayServe()) {
      loop.execute(this::wake);
      return;
    }
    serves = false;
    goOn();
  }

  private boolean mayServe() {
    return ahead == null && allowance.pauseMicros() == 0;
  }

  private void sleep(long micros) {
    wheel.sleep(this, (int) Math.min(micros, LONGEST_SLEEP), loop);
  }

  @Override
  public short slot() {
    return slot;
  }

  @Override
  public void slot(short slot) {
    this.slot = slot;
  }
}
