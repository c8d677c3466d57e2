package io.doppelfleet.proxy.leg;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor's way out, as {@link Leg} has it: what is to leave, and what comes after that. A
 * base of {@link DescriptorLeg} for the reason that {@link Descriptor} is.
 */
abstract class Sending extends Descriptor {
  private static final byte SHUT_DOWN = 1;
  private static final byte CLOSE = 2;

  /**
   * What is to leave. While the leg is {@link #blocked} the loop's account has its memory, of which
   * bytes may have left.
   */
  private @Nullable ByteBuf waiting;

  /** The kernel did not take all that it was given, and has not asked for more yet. */
  private boolean blocked;

  /** A write failed, or an error was reported; what came before it may still be read. */
  boolean broken;

  private boolean writeEnded;

  /** What comes after all writes: 0, {@link #SHUT_DOWN} or {@link #CLOSE}. */
  private byte last;

  Sending(int descriptor, Shed loop) {
    super(descriptor, loop);
  }

  /** Where to say what {@link #send} is to send. */
  public final Outgoing pieces() {
    return loop.gather.clear();
  }

  /** Sends the {@link #pieces}. What the kernel does not take is copied and waits. */
  public final void send() {
    if (closed() || last != 0 || broken) {
      return;
    }
    Gather pieces = loop.gather;
    try {
      int sent = waiting == null && !blocked ? sendPieces() : 0;
      int rest = pieces.bytes() - sent;
      if (rest > 0) {
        pieces.copyRest(sent, room(rest));
        block();
      }
    } catch (IOException e) {
      fail();
    }
  }

  /** Queues the bytes and gives them away. */
  public final void write(ByteBuf buffer) {
    if (closed() || last != 0 || !buffer.isReadable()) {
      buffer.release();
      return;
    }
    if (waiting == null && buffer.hasMemoryAddress()) {
      hold(buffer);
      return;
    }
    room(buffer.readableBytes()).writeBytes(buffer);
    buffer.release();
  }

  /** What waits, with room for more at the end; what was given to us may be a part of more. */
  private ByteBuf room(int length) {
    ByteBuf before = waiting;
    if (before != null && before.writableBytes() >= length && before.refCnt() == 1) {
      return before;
    }
    int there = before == null ? 0 : before.readableBytes();
    ByteBuf room = Buffers.POOLED.directBuffer(there + length);
    hold(room);
    if (before != null) {
      room.writeBytes(before);
      before.release();
    }
    return room;
  }

  /** Sends what was written, as far as the kernel takes it. */
  public final void flush() {
    ByteBuf buffer = waiting;
    if (closed() || blocked || buffer == null) {
      return;
    }
    try {
      long from = buffer.memoryAddress() + buffer.readerIndex();
      buffer.skipBytes(send(from, buffer.readableBytes()));
    } catch (IOException e) {
      fail();
      return;
    }
    if (buffer.isReadable()) {
      block();
    } else {
      drop();
    }
  }

  private void drop() {
    ByteBuf dropped = waiting;
    if (dropped != null) {
      hold(null);
      dropped.release();
    }
  }

  private void hold(@Nullable ByteBuf next) {
    loop.bytes.add(-waiting());
    waiting = next;
    loop.bytes.add(waiting());
  }

  /** Bytes that wait in the process to leave: the capacity of their buffer. */
  public final int waiting() {
    return blocked && waiting != null ? waiting.capacity() : 0;
  }

  /** Whatever is to leave waits until the kernel says that it takes bytes. */
  final void block() {
    if (!blocked) {
      blocked = true;
      loop.bytes.add(waiting());
      watchWrites();
    }
  }

  /** Whether it is open, and nothing waits. */
  public final boolean idle() {
    return !closed() && waiting == null && !blocked && !broken;
  }

  /** Half-closes once what was written has left. */
  public final void endWrites() {
    if (last != 0 || closed()) {
      return;
    }
    last = SHUT_DOWN;
    if (waiting == null) {
      shutDownWrites();
    }
  }

  private void shutDownWrites() {
    try {
      shutDown();
      writeEnded = true;
    } catch (IOException e) {
      fail();
    }
  }

  /** Whether we half-closed and the end has left. */
  public final boolean writeEnded() {
    return writeEnded;
  }

  @Override
  public void close() {
    drop();
    super.close();
  }

  /** Closes once what was written has left. */
  public final void closeAfterWrites() {
    if (waiting == null) {
      close();
    } else {
      last = CLOSE;
    }
  }

  /** The kernel takes bytes again. */
  final void unblocked() {
    if (!blocked) {
      return;
    }
    loop.bytes.add(-waiting());
    blocked = false;
    flush();
    if (closed() || waiting != null || blocked || broken) {
      return;
    }
    if (last == CLOSE) {
      close();
      return;
    }
    if (last == SHUT_DOWN && !writeEnded) {
      shutDownWrites();
    }
    if (!closed() && !broken) { // or the end was told, which is the last to be told
      drained();
    }
  }

  private void fail() {
    broken = true;
    drop();
    writeFailed();
  }

  /** All that was written has left. */
  abstract void drained();

  /** No more will. */
  abstract void writeFailed();
}
