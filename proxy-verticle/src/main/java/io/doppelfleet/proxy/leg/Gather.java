package io.doppelfleet.proxy.leg;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.IovArray;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** An event loop's list of pieces for one write: of memory for writev(2), or of one array. */
final class Gather implements Outgoing {
  /** The most that writev(2) takes. */
  private static final int PIECES = 1024;

  /** Bytes of a struct iovec, see readv(2): an address and a length. */
  private static final int IOVEC = 2 * Long.BYTES;

  private final IovArray pieces = new IovArray(PIECES);
  private @Nullable HeapRoom room;
  private int bytes;

  /** Where the last piece is. */
  private long last;

  @Override
  public void piece(ByteBuf in, int index, int length) {
    add(in, index, length);
  }

  @Override
  public void lent(ByteBuf memory, int index, int length) {
    add(memory, index, length);
  }

  @Override
  public void lent(HeapRoom array, int length) {
    if (bytes > 0) {
      throw new IllegalStateException("an array comes alone");
    }
    room = array;
    bytes = length;
  }

  private void add(ByteBuf memory, int index, int length) {
    if (room != null || !pieces.add(memory, index, length)) {
      throw new IllegalStateException("more pieces than " + PIECES + ", or an array before them");
    }
    last = memory.memoryAddress() + index;
    bytes += length;
  }

  Gather clear() {
    pieces.clear();
    room = null;
    bytes = 0;
    return this;
  }

  /** The array, if it is one. */
  @Nullable HeapRoom room() {
    return room;
  }

  /** Where the list is. */
  long address() {
    return pieces.memoryAddress(0);
  }

  /** Where the last piece is. */
  long last() {
    return last;
  }

  int count() {
    return pieces.count();
  }

  int bytes() {
    return bytes;
  }

  /** Appends a copy of what is left after so many bytes. */
  void copyRest(int sent, ByteBuf to) {
    if (room != null) {
      to.writeBytes(room.bytes(), sent, bytes - sent);
      return;
    }
    long skipped = sent;
    MemorySegment list = memory(address(), (long) count() * IOVEC);
    for (int i = 0; i < count(); i++) {
      long address = list.getAtIndex(JAVA_LONG, 2L * i);
      long length = list.getAtIndex(JAVA_LONG, 2L * i + 1);
      long skip = Math.min(skipped, length);
      skipped -= skip;
      if (skip < length) {
        to.writeBytes(memory(address + skip, length - skip).asByteBuffer());
      }
    }
  }

  @SuppressWarnings("restricted") // what was added is there until the next chunk
  private static MemorySegment memory(long address, long length) {
    return MemorySegment.ofAddress(address).reinterpret(length);
  }

  void release() {
    pieces.release();
  }
}
