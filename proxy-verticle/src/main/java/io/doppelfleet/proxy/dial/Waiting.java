package io.doppelfleet.proxy.dial;

import io.doppelfleet.proxy.leg.Buffers;
import io.doppelfleet.proxy.leg.ChannelLeg;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.LoopBytes;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The near leg while its far leg is dialled: holds one read, or a few of a channel, and notices
 * when the client leaves.
 */
public final class Waiting implements LegHandler {
  /** A channel is read on, as it tells of no reset else, while no more is held, bytes. */
  private static final int READ_ON = 2 * LoopBytes.SMALLEST_READ;

  private final Leg near;
  private final Runnable left;
  private @Nullable ByteBuf held;

  /**
   * Takes the leg over.
   *
   * @param early what the client sent already
   * @param left runs when the client is gone
   */
  public Waiting(Leg near, ByteBuf early, Runnable left) {
    this.near = near;
    this.left = left;
    near.handTo(this);
    if (early.isReadable()) {
      held = early;
      if (near.failed()) {
        near.close(); // the reset came with these bytes: no event will tell of it again
        gone();
      } else {
        readOn(early);
      }
    } else {
      early.release();
      near.read();
    }
  }

  /** What was held; the receiver owns it. */
  public ByteBuf take() {
    ByteBuf bytes = held;
    held = null;
    return bytes != null ? bytes : Buffers.POOLED.directBuffer(0, 0);
  }

  @Override
  public void received(ByteBuf bytes) {
    ByteBuf before = held;
    if (before == null) {
      held = bytes;
      readOn(bytes);
    } else {
      held = before.writeBytes(bytes);
      bytes.release();
      readOn(before);
    }
  }

  private void readOn(ByteBuf all) {
    if (near instanceof ChannelLeg && all.readableBytes() <= READ_ON) {
      near.read();
    }
  }

  @Override
  public void ended() {}

  @Override
  public void drained() {}

  @Override
  public void gone() {
    take().release();
    left.run();
  }
}
