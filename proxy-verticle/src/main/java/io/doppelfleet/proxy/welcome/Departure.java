package io.doppelfleet.proxy.welcome;

import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A flight waits until the cover's might come: one that comes sooner than that site ever could
 * tells a client from its visitors. So it may be late by as much as a timer is, and never early.
 * Meanwhile one read is held, and who leaves is seen to leave.
 */
public final class Departure implements LegHandler {
  private final Leg near;
  private final Next next;
  private final ScheduledFuture<?> timer;
  private ByteBuf rest;

  /** Where it goes from here. Exactly one is called. */
  public interface Next {
    /**
     * The flight may leave.
     *
     * @param rest what the client sent after its hello; the receiver owns it
     */
    void leaves(ByteBuf rest);

    /** The client has left. */
    void left();
  }

  private Departure(Leg near, long nanos, ByteBuf rest, Next next) {
    this.near = near;
    this.next = next;
    this.rest = rest;
    this.timer = near.loop().schedule(this::leave, nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * Waits, or goes on at once.
   *
   * @param due when the flight may leave, on the clock of {@link System#nanoTime}
   * @param rest what the client sent after its hello
   */
  public static void await(long due, Leg near, ByteBuf rest, Next next) {
    long left = due - System.nanoTime();
    if (left <= 0) {
      near.handTo(NOBODY);
      next.leaves(rest);
    } else {
      near.handTo(new Departure(near, left, rest, next));
      if (!rest.isReadable()) {
        near.read();
      }
    }
  }

  private void leave() {
    near.handTo(NOBODY);
    next.leaves(rest);
  }

  @Override
  public void received(ByteBuf bytes) {
    if (rest.isReadable()) {
      rest.writeBytes(bytes);
      bytes.release();
    } else {
      rest.release();
      rest = bytes;
    }
  }

  @Override
  public void ended() {}

  @Override
  public void drained() {}

  @Override
  public void gone() {
    timer.cancel(false);
    rest.release();
    next.left();
  }
}
