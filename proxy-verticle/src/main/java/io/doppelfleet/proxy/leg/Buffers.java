package io.doppelfleet.proxy.leg;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/** The process's pool of buffers. */
public final class Buffers {
  private static final int PAGE = 8192;

  /** Pages in a chunk, as a power of two: 256 KiB, so that an idle node keeps little. */
  private static final int CHUNK_ORDER = 5;

  /** Direct buffers only: all of them go to or come from a socket. */
  public static final PooledByteBufAllocator POOLED =
      new PooledByteBufAllocator(
          true, 0, Runtime.getRuntime().availableProcessors(), PAGE, CHUNK_ORDER, 64, 32, true);

  private Buffers() {}

  /** Memory that an event loop has for itself; it goes with the last reference to it. */
  public static ByteBuf ofLoop(int bytes) {
    return Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(bytes)).clear();
  }
}
