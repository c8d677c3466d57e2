package io.doppelfleet.proxy.leg;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.function.IntSupplier;

/** One read for each demand, as large as the last ones suggest and what waits allows. */
final class ReadSizes implements RecvByteBufAllocator {
  private static final int FIRST = 2048;

  /** Half of what may wait for one connection, so that there is as much for the other way. */
  private static final int LARGEST = 32 * 1024;

  private final IntSupplier allowance;

  /** With the most bytes that may be read when it is asked. */
  ReadSizes(IntSupplier allowance) {
    this.allowance = allowance;
  }

  @Override
  @SuppressWarnings("deprecation") // Netty 4.2 deprecates this in favour of a type that extends it
  public Handle newHandle() {
    return new OneRead();
  }

  private final class OneRead implements ExtendedHandle {
    private int size = FIRST;
    private int attempted;
    private int last;

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return allocator.directBuffer(guess());
    }

    @Override
    public int guess() {
      return Math.min(size, allowance.getAsInt());
    }

    @Override
    public void reset(ChannelConfig config) {
      last = 0;
    }

    @Override
    public void incMessagesRead(int messages) {}

    @Override
    public void lastBytesRead(int read) {
      last = read;
      if (read == attempted && read == size) {
        size = Math.min(size * 4, LARGEST);
      } else if (read > 0 && read < size / 4) {
        size = Math.max(FIRST, size / 2);
      }
    }

    @Override
    public int lastBytesRead() {
      return last;
    }

    @Override
    public void attemptedBytesRead(int wanted) {
      attempted = wanted;
    }

    @Override
    public int attemptedBytesRead() {
      return attempted;
    }

    @Override
    public boolean continueReading() {
      return false;
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
      return false;
    }

    @Override
    public void readComplete() {}
  }
}
