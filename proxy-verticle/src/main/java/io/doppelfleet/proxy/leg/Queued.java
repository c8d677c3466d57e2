package io.doppelfleet.proxy.leg;

import io.netty.buffer.ByteBuf;

/** Writes pieces to a leg that may keep them until the kernel takes them. */
public record Queued(Leg to) implements Outgoing {
  @Override
  public void piece(ByteBuf in, int index, int length) {
    to.write(in.retainedSlice(index, length));
  }

  @Override
  public void lent(ByteBuf memory, int index, int length) {
    to.write(Buffers.POOLED.directBuffer(length).writeBytes(memory, index, length));
  }
}
