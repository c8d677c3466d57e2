package io.doppelfleet.proxy.dial;

import io.doppelfleet.proxy.leg.Buffers;
import io.doppelfleet.proxy.leg.DescriptorLeg;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The near leg while its far leg is dialled: holds one read, and notices when the client leaves.
 */
public final class Waiting implements LegHandler {
  private final Runnable left;
  private @Nullable ByteBuf held;

  /**
   * Takes the leg over.
   *
   * @param early what the client sent already
   * @param left runs when the client is gone
   */
  public Waiting(Leg near, ByteBuf early, Runnable left) {
    this.left = left;
    near.handTo(this);
    if (early.isReadable()) {
      held = early;
      if (near instanceof DescriptorLeg leg && leg.failed()) {
        near.close(); // the reset came with these bytes: no event will tell of it again
        gone();
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
    // Epoll channels read on after a FIN, though they were asked once.
    ByteBuf before = held;
    if (before == null) {
      held = bytes;
    } else {
      held = before.writeBytes(bytes);
      bytes.release();
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
