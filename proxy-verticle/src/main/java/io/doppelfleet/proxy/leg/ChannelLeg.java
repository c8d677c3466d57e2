package io.doppelfleet.proxy.leg;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.AbstractNioChannel.NioUnsafe;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A leg on a channel, for systems without epoll. It stands before Vert.x's own handler in the
 * pipeline, takes the pooled buffers as Netty read them, and lets Vert.x see no more than the end
 * of the connection.
 *
 * <p>What came before a reset is read, then the leg is gone, also where it is a write that meets
 * the reset. But NIO shows a reset only to a read or a write. So, unlike on a descriptor, nobody
 * learns of one that lies behind bytes that nobody reads, as the other leg takes nothing, nor of
 * one that comes after the far end's end of stream, until the next write: with it, or by the time
 * that a pair may be idle, the connection ends. And where bytes wait that a write then fails to
 * send, only what is read without a pause is still read.
 */
public final class ChannelLeg extends ChannelInboundHandlerAdapter implements Leg {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelLeg.class);

  /** Writable means that nothing waits. */
  private static final WriteBufferWaterMark NOTHING_WAITS = new WriteBufferWaterMark(1, 1);

  private final DuplexChannel channel;
  private final LoopBytes bytes;

  @SuppressWarnings("NullAway.Init") // take() adds the leg to the pipeline before anyone has it
  private ChannelHandlerContext context;

  private LegHandler handler;
  private long waiting;

  /** A read was asked for and has brought nothing yet. */
  private boolean wanted;

  private boolean pumped;

  /** A write failed; what came before may still be read. */
  private boolean broken;

  /** And the loop goes on to ask the kernel whether it takes bytes, which says so all the while. */
  private boolean spins;

  private boolean writeEnds;
  private boolean writeEnded;
  private boolean readEnded;
  private boolean closed;

  private ChannelLeg(DuplexChannel channel, LoopBytes bytes, LegHandler handler) {
    this.channel = channel;
    this.bytes = bytes;
    this.handler = handler;
  }

  /**
   * Makes a channel a leg, before its first read.
   *
   * @param before the name of the handler to stand before, or empty to be the last
   */
  static ChannelLeg take(Channel channel, String before, LoopBytes bytes, LegHandler handler) {
    ChannelConfig config = channel.config();
    config.setAutoRead(false);
    config.setAllocator(Buffers.POOLED);
    config.setWriteBufferWaterMark(NOTHING_WAITS);
    config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    config.setOption(ChannelOption.AUTO_CLOSE, false); // a failed write leaves what came before it
    ChannelLeg leg = new ChannelLeg((DuplexChannel) channel, bytes, handler);
    config.setRecvByteBufAllocator(new ReadSizes(leg::allowance));
    if (before.isEmpty()) {
      channel.pipeline().addLast("leg", leg);
    } else {
      channel.pipeline().addBefore(before, "leg", leg);
    }
    return leg;
  }

  @Override
  public void handTo(LegHandler next) {
    handler = next;
  }

  @Override
  public void read() {
    if (!closed && !readEnded) {
      wanted = true;
      channel.read();
    }
  }

  /**
   * Takes at once what there is, as far as it may wait. Only {@link #readEnded} and {@link #closed}
   * tell of an end.
   *
   * @param first what came before, given away
   * @return that and what there was, for the caller to release
   */
  public ByteBuf readNow(ByteBuf first) {
    LegHandler after = handler;
    Gathered all = new Gathered(first, after);
    handler = all;
    int before = 0;
    while (all.length() > before
        && allowance() > LoopBytes.SMALLEST_READ
        && !closed
        && !readEnded) {
      before = all.length();
      ((NioUnsafe) channel.unsafe()).read();
    }
    handler = after;
    return all.bytes();
  }

  /**
   * From now on somebody reads it again and again: a write that fails is no end while there may be
   * bytes, but is told by {@link LegHandler#readable}.
   */
  public void pumped() {
    pumped = true;
  }

  @Override
  public void write(ByteBuf buffer) {
    if (closed || writeEnds || broken) {
      buffer.release();
      return;
    }
    context.write(buffer, context.voidPromise());
  }

  @Override
  public void flush() {
    if (!closed) {
      context.flush();
      account();
    }
  }

  @Override
  public Outgoing pieces() {
    return new Queued(this);
  }

  @Override
  public void send() {
    flush();
  }

  @Override
  public boolean idle() {
    return !closed && (writeEnded || channel.isWritable());
  }

  @Override
  public int waiting() {
    return (int) waiting;
  }

  /** The most that the next read may take; asked when it comes, which may be long after read(). */
  private int allowance() {
    return bytes.allowance(handler.alreadyWaiting());
  }

  @Override
  public void endWrites() {
    if (writeEnds || closed) {
      return;
    }
    writeEnds = true;
    if (channel.isWritable()) {
      shutDownOutput();
    }
  }

  @Override
  public boolean readEnded() {
    return readEnded;
  }

  @Override
  public boolean writeEnded() {
    return writeEnded;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      settle();
      context.close();
    }
  }

  @Override
  public void closeAfterWrites() {
    if (closed) {
      return;
    }
    if (broken || channel.isWritable()) {
      close();
      return;
    }
    context
        .writeAndFlush(channel.alloc().buffer(0, 0))
        .addListener(
            (ChannelFutureListener)
                sent -> {
                  close();
                });
  }

  @Override
  public void reset() {
    if (!closed) {
      if (channel.isOpen()) { // else it was closed just now, and the leg hears of it next
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
      }
      close();
    }
  }

  @Override
  public void onClose(Runnable action) {
    channel.closeFuture().addListener(closed -> action.run());
  }

  @Override
  public boolean failed() {
    return broken;
  }

  @Override
  public boolean closed() {
    return closed;
  }

  @Override
  public LoopBytes bytes() {
    return bytes;
  }

  @Override
  public EventLoop loop() {
    return channel.eventLoop();
  }

  @Override
  public @Nullable InetSocketAddress localAddress() {
    return closed ? null : (InetSocketAddress) channel.localAddress();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    wanted = false;
    if (closed) {
      buffer.release();
      return;
    }
    handler.received(buffer);
    if (spins && !wanted) {
      fail();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {}

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (closed) {
      return;
    }
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      inputEnded();
    } else if (event == ChannelOutputShutdownEvent.INSTANCE && !writeEnded) {
      writeFailed();
    }
  }

  private void inputEnded() {
    wanted = false;
    if (broken) {
      fail(); // the write took the reset away, and what is left of it looks like an end
    } else {
      readEnded = true;
      handler.ended();
    }
  }

  private void writeFailed() {
    broken = true;
    spins = waiting > 0;
    settle();
    if (wanted || (pumped && !readEnded && !spins)) {
      later(() -> handler.readable());
    } else {
      fail();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (closed || !channel.isWritable()) {
      return;
    }
    account();
    if (writeEnds) {
      shutDownOutput();
    } else {
      handler.drained();
    }
  }

  /** A read's error, which is a connection that is gone, or a fault of ours. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof ChannelOutputShutdownException) {
      return; // of each buffer that a failed write leaves; the failure comes as an event
    }
    if (!(cause instanceof IOException)) {
      LOG.error("a connection was closed by a fault of ours", cause);
    }
    fail();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail();
    ctx.fireChannelInactive();
  }

  private void fail() {
    if (!closed) {
      close();
      handler.gone();
    }
  }

  /** Not within the flush that emptied the queue: Netty takes the queue away from under it. */
  private void shutDownOutput() {
    later(
        () -> {
          if (!writeEnded) {
            writeEnded = true;
            channel.shutdownOutput();
            handler.drained();
          }
        });
  }

  /** Runs on the loop, later than now, unless it is over by then. */
  private void later(Runnable work) {
    loop().execute(() -> guard(work));
  }

  @Override
  public void guard(Runnable work) {
    try {
      if (!closed) {
        work.run();
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      exceptionCaught(context, e);
    }
  }

  private void account() {
    var queue = channel.unsafe().outboundBuffer();
    long now = queue == null ? 0 : queue.totalPendingWriteBytes();
    bytes.add(now - waiting);
    waiting = now;
  }

  private void settle() {
    bytes.add(-waiting);
    waiting = 0;
  }
}
