package io.doppelfleet.proxy.leg;

import io.netty.buffer.ByteBuf;

/** What a leg on a channel brings while it is read at once. Its end shows on the leg. */
final class Gathered implements LegHandler {
  private final LegHandler after;
  private ByteBuf all;

  /**
   * With what came before.
   *
   * @param first given away
   * @param after the handler in whose place this one is
   */
  Gathered(ByteBuf first, LegHandler after) {
    this.all = first;
    this.after = after;
  }

  /** All that came, for the caller to release. */
  ByteBuf bytes() {
    return all;
  }

  int length() {
    return all.readableBytes();
  }

  @Override
  public int alreadyWaiting() {
    return after.alreadyWaiting() + length();
  }

  @Override
  public void received(ByteBuf next) {
    ByteBuf first = all;
    all = Buffers.POOLED.directBuffer(first.readableBytes() + next.readableBytes());
    all.writeBytes(first).writeBytes(next);
    first.release();
    next.release();
  }

  @Override
  public void ended() {}

  @Override
  public void drained() {}

  @Override
  public void gone() {}
}
