package io.doppelfleet.proxy.leg;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.IovArray;

/** An event loop's list of pieces for one writev(2). */
final class Gather implements Outgoing {
  /** The most that writev(2) takes. */
  private static final int PIECES = 1024;

  private final IovArray pieces = new IovArray(PIECES);

  @Override
  public void piece(ByteBuf in, int index, int length) {
    add(in, index, length);
  }

  @Override
  public void lent(ByteBuf memory, int index, int length) {
    add(memory, index, length);
  }

  private void add(ByteBuf memory, int index, int length) {
    if (!pieces.add(memory, index, length)) {
      throw new IllegalStateException("a chunk has more pieces than " + PIECES);
    }
  }

  Gather clear() {
    pieces.clear();
    return this;
  }

  long address() {
    return pieces.memoryAddress(0);
  }

  int count() {
    return pieces.count();
  }

  int bytes() {
    return (int) pieces.size();
  }

  void release() {
    pieces.release();
  }
}
