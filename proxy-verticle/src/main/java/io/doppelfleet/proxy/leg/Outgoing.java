package io.doppelfleet.proxy.leg;

import io.netty.buffer.ByteBuf;

/** Where a passage says what is to leave, piece by piece, in order. */
public interface Outgoing {
  /** A piece of what came in. */
  void piece(ByteBuf in, int index, int length);

  /** A piece of memory of the event loop's own, good until the next chunk. */
  void lent(ByteBuf memory, int index, int length);

  /** The beginning of an array of the event loop's own, good as long, and nothing besides it. */
  void lent(HeapRoom room, int length);
}
