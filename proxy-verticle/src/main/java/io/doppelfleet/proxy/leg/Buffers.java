package io.doppelfleet.proxy.leg;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/** The process's pool of buffers. */
public final class Buffers {
  private static final int PAGE = 8192;

  /** Of the machine's memory, bytes. */
  private static final int MEMORY_PAGE = 4096;

  /** Pages in a chunk, as a power of two: 256 KiB, so that an idle node keeps little. */
  private static final int CHUNK_ORDER = 5;

  /** Direct buffers only: all of them go to or come from a socket. */
  public static final PooledByteBufAllocator POOLED =
      new PooledByteBufAllocator(
          true, 0, Runtime.getRuntime().availableProcessors(), PAGE, CHUNK_ORDER, 64, 32, true);

  private Buffers() {}

  /**
   * Memory that an event loop has for itself; it goes with the last reference to it. It begins in
   * the middle of a page of the machine's: the kernel fills pages of its own from their beginning,
   * and where the target of a copy lies 1 to 63 bytes behind its source, but for whole pages, the
   * copy takes 15 times as long on AMD's Zen 4 (glibc's bug 30994, of the same instruction). A
   * record's header and then the payload from a page's beginning are just that.
   */
  public static ByteBuf ofLoop(int bytes) {
    ByteBuffer memory = ByteBuffer.allocateDirect(bytes + 2 * MEMORY_PAGE);
    int toPage = MEMORY_PAGE - memory.alignmentOffset(0, MEMORY_PAGE);
    return Unpooled.wrappedBuffer(memory.slice(toPage + MEMORY_PAGE / 2, bytes)).clear();
  }
}
