package io.doppelfleet.proxy.leg;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollIoOps;
import java.io.IOException;

/**
 * A leg on a bare descriptor. It is read in one of two ways: a phase asks for a {@link #read} and
 * is given a pooled buffer; a pump, once the leg is {@link #raw}, is told that something has come
 * and {@link #take}s it into the event loop's own memory, when and as much as it likes.
 *
 * <p>Events come as edges and are hints: what is there, and whether the connection failed, the
 * socket says.
 */
public final class DescriptorLeg extends Sending implements Leg {
  /** Bytes of a phase's read: any known hello but the longest, which take two. */
  private static final int READ = 2048;

  /** A share that is too little for a record or two, bytes. */
  private static final int LITTLE = 32 * 1024;

  /** A phase asked for bytes. */
  private static final byte WANTED = 1;

  /** A pump takes them. */
  private static final byte RAW = 2;

  /** It is not connected yet. */
  private static final byte OPENING = 3;

  /** It is under way: a short read does not mean that all was seen. */
  private static final byte ENDING = 1;

  /** The kernel has said that it failed, or that both ends are over. */
  private static final byte HUNG_UP = 2;

  private LegHandler handler;

  /** How it is read: 0, {@link #WANTED}, {@link #RAW} or {@link #OPENING}. */
  private byte reading;

  private boolean delivering;

  /** Bytes, or the end, may be there. */
  private boolean readable = true;

  /** What is known of the end: 0, {@link #ENDING} or {@link #HUNG_UP}. */
  private byte end;

  private boolean readEnded;

  private DescriptorLeg(int descriptor, Shed loop, LegHandler handler) {
    super(descriptor, loop);
    this.handler = handler;
  }

  /** Owns the descriptor from now on. */
  static DescriptorLeg own(int descriptor, Shed loop, LegHandler handler) throws IOException {
    DescriptorLeg leg = new DescriptorLeg(descriptor, loop, handler);
    leg.register();
    return leg;
  }

  /** The same of one whose connect(2) is under way. */
  static DescriptorLeg opening(int descriptor, Shed loop, LegHandler handler) throws IOException {
    DescriptorLeg leg = new DescriptorLeg(descriptor, loop, handler);
    leg.reading = OPENING;
    leg.readable = false; // the first byte is an edge
    leg.block();
    leg.register();
    return leg;
  }

  @Override
  public void handTo(LegHandler next) {
    handler = next;
  }

  @Override
  public void read() {
    if (closed() || readEnded || reading != 0) {
      return;
    }
    reading = WANTED;
    if (readable && !delivering) {
      // Not within this call: who asks may not be ready for the answer.
      delivering = true;
      later(this::deliver);
    }
  }

  private void deliver() {
    delivering = true;
    while (reading == WANTED && readable && !closed()) {
      ByteBuf buffer = Buffers.POOLED.directBuffer(Math.min(READ, loop.bytes.allowance(0)));
      int most = buffer.writableBytes();
      int count = receive(buffer.memoryAddress(), most);
      if (count > 0) {
        readable = count == most || ending();
        reading = 0;
        handler.received(buffer.writerIndex(count));
      } else {
        buffer.release();
        nothing(count);
      }
    }
    delivering = false;
  }

  /** A read showed that nothing is there: for now or for good. */
  private void nothing(int why) {
    readable = false;
    if (why == Kernel.FAILED || (why == 0 && broken)) {
      gone();
    } else if (why == 0) {
      if (!readEnded) {
        readEnded = true;
        reading = reading == RAW ? RAW : 0;
        handler.ended();
      }
      // A reset after the end is no end of bytes once more: the kernel shows it as an error alone.
      if (end == HUNG_UP && !closed() && failed()) {
        gone();
      }
    }
  }

  /**
   * From now on what comes stays in the kernel, and the handler is told that it is there. Nothing
   * may be wanted.
   */
  public void raw() {
    reading = RAW;
  }

  /** Whether a raw leg may have bytes, or its end, to show. */
  public boolean readable() {
    return readable && !closed();
  }

  /** Whether all that will ever come has come. */
  public boolean ending() {
    return end != 0;
  }

  /**
   * Takes what has come. Where there is nothing, and that is for good, the handler was told.
   *
   * @param into memory of the event loop's own, for so many bytes after those that it has
   * @return how many came
   */
  public int take(ByteBuf into, int most) {
    int count = receive(into.memoryAddress() + into.writerIndex(), most);
    if (count > 0) {
      into.writerIndex(into.writerIndex() + count);
    }
    return taken(count, most);
  }

  /** As {@link #take(ByteBuf, int)}, to the array's beginning. */
  public int take(HeapRoom into, int most) {
    return taken(receive(into, most), most);
  }

  private int taken(int count, int most) {
    if (count <= 0) {
      nothing(count);
      return 0;
    }
    if (count < most && !ending()) {
      readable = false; // the next byte is an edge
    }
    return count;
  }

  /**
   * The most to take for this leg, bytes, so that no more than its share of the loop's memory waits
   * for it afterwards. What the kernel takes needs no share.
   *
   * @param longest what there is room for
   * @param waiting bytes that wait for the same connection the other way
   * @param much whether much is there, so that it is worth to ask the kernel how much it takes
   */
  public int share(int longest, int waiting, boolean much) {
    int most = Math.min(longest, loop.bytes.allowance(waiting));
    boolean ask = most < longest && (much || most < LITTLE);
    return ask ? Math.min(longest, most + kernelsRoom()) : most;
  }

  @Override
  public boolean readEnded() {
    return readEnded;
  }

  @Override
  public LoopBytes bytes() {
    return loop.bytes;
  }

  @Override
  public EventLoop loop() {
    return loop.loop;
  }

  @Override
  void happened(EpollIoOps now) {
    boolean opens = reading == OPENING;
    if (opens && !opened(now)) {
      return;
    }
    if (now.contains(EpollIoOps.EPOLLOUT)) {
      unblocked();
    }
    if (closed() || !now.contains(COMES)) {
      return;
    }
    readable = true;
    if (now.contains(FAILS)) {
      end = HUNG_UP;
    } else if (now.contains(ENDS)) {
      end = (byte) Math.max(end, ENDING);
    }
    if (reading == RAW) {
      handler.readable();
    } else if (reading == WANTED && opens) {
      delivering = true;
      later(this::deliver); // others' bytes of this batch, which came sooner, are read sooner
    } else if (reading == WANTED) {
      deliver();
    } else if (failed()) {
      gone();
    }
  }

  /**
   * A poll says nothing of a TCP socket while connect(2) is under way. Where that failed, it says
   * that both ends are over, which no open one's are before we end ours; so the socket needn't be
   * asked.
   */
  private boolean opened(EpollIoOps now) {
    if (now.contains(FAILS)) {
      gone();
    } else if (now.contains(EpollIoOps.EPOLLOUT)) {
      reading = 0;
      return true;
    }
    return false;
  }

  /**
   * The socket is asked only after an event: unasked it also tells of errors on the way that TCP
   * lives through, such as an unreachable network for a moment (sk_err_soft in Linux).
   */
  @Override
  public boolean failed() {
    broken |= end == HUNG_UP && hasError();
    return broken;
  }

  @Override
  void drained() {
    handler.drained();
  }

  /** Where bytes are waited for, those that came before are read; then the end is. */
  @Override
  void writeFailed() {
    if (reading == 0) {
      gone();
      return;
    }
    readable = true;
    end = (byte) Math.max(end, ENDING);
    later(reading == RAW ? handler::readable : this::deliver);
  }

  @Override
  void gone() {
    if (!closed()) {
      close();
      handler.gone();
    }
  }
}
