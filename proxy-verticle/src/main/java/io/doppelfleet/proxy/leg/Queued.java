package io.doppelfleet.proxy.leg;

import io.netty.buffer.ByteBuf;

/** Writes pieces to a leg on a channel, which keeps them until the kernel takes them. */
record Queued(ChannelLeg to) implements Outgoing {
  @Override
  public void piece(ByteBuf in, int index, int length) {
    to.write(in.retainedSlice(index, length));
  }

  @Override
  public void lent(ByteBuf memory, int index, int length) {
    to.write(Buffers.POOLED.directBuffer(length).writeBytes(memory, index, length));
  }

  @Override
  public void lent(HeapRoom room, int length) {
    to.write(Buffers.POOLED.directBuffer(length).writeBytes(room.bytes(), 0, length));
  }
}
