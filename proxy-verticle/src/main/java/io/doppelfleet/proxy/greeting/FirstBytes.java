package io.doppelfleet.proxy.greeting;

import io.doppelfleet.proxy.leg.Buffers;
import io.doppelfleet.proxy.leg.LoopBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * What came of a connection before the verdict, joined, and how much of it the cover has. It is in
 * the loop's account of what waits, as the memory that it takes.
 */
public final class FirstBytes {
  /** Smallest reads that are reserved for each connection: no hello but a fork's takes more. */
  public static final int RESERVED_READS = 3;

  private static final int RESERVED = RESERVED_READS * LoopBytes.SMALLEST_READ;

  private final LoopBytes account;
  private @Nullable ByteBuf all;
  private int accounted;
  private int forwarded;

  FirstBytes(LoopBytes account) {
    this.account = account;
  }

  /** Takes the next bytes; the result is all of them, which stay here. */
  ByteBuf add(ByteBuf bytes) {
    ByteBuf before = all;
    ByteBuf joined = before == null ? bytes : joined(before, bytes);
    all = joined;
    accountFor(joined.capacity());
    return joined;
  }

  private static ByteBuf joined(ByteBuf all, ByteBuf bytes) {
    ByteBuf joined = all;
    if (all.writableBytes() < bytes.readableBytes()) {
      int length = all.readableBytes() + bytes.readableBytes();
      // Not twice as much: a hello is no longer than a few reads, and many may be held.
      joined = Buffers.POOLED.directBuffer(Math.max(RESERVED, length + LoopBytes.SMALLEST_READ));
      joined.writeBytes(all);
      all.release();
    }
    joined.writeBytes(bytes);
    bytes.release();
    return joined;
  }

  private void accountFor(int now) {
    account.add(now - accounted);
    accounted = now;
  }

  /** Whether the next read may be more than is reserved for a connection, and nothing else is. */
  boolean tooMuch() {
    return account.scarce() && fillReserve();
  }

  /** Whether the next read may be more than is reserved for a connection. */
  boolean fillReserve() {
    ByteBuf bytes = all;
    return bytes != null && bytes.readableBytes() + LoopBytes.SMALLEST_READ > RESERVED;
  }

  /** What the cover does not have, which from now on it has; the caller owns it. Null for none. */
  @Nullable ByteBuf forward() {
    ByteBuf bytes = all;
    if (bytes == null || bytes.readableBytes() == forwarded) {
      return null;
    }
    int from = bytes.readerIndex() + forwarded;
    forwarded = bytes.readableBytes();
    return bytes.retainedSlice(from, bytes.writerIndex() - from);
  }

  /** Bytes that the cover has. */
  int forwarded() {
    return forwarded;
  }

  private ByteBuf takeFrom(int index) {
    ByteBuf bytes = all;
    all = null;
    accountFor(0);
    return bytes == null ? Buffers.POOLED.directBuffer(0, 0) : bytes.skipBytes(index);
  }

  /**
   * Gives up the bytes after the hello, a read or two, in memory of their own size: the hello's is
   * in no account from now on and must not wait with them. The caller owns them.
   *
   * @param hello its length
   */
  ByteBuf takeAfter(int hello) {
    ByteBuf rest = takeFrom(hello);
    try {
      return rest.isReadable()
          ? Buffers.POOLED.directBuffer(rest.readableBytes()).writeBytes(rest)
          : Unpooled.EMPTY_BUFFER;
    } finally {
      rest.release();
    }
  }

  /** Gives up what the cover does not have; the caller owns it. */
  ByteBuf takeUnforwarded() {
    return takeFrom(forwarded);
  }

  /** Drops them. */
  void release() {
    takeFrom(0).release();
  }
}
