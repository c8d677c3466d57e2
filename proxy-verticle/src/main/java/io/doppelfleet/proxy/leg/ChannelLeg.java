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
import io.netty.channel.socket.ChannelInputShutdownEvent;
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
      channel.read();
    }
  }

  @Override
  public void write(ByteBuf buffer) {
    if (closed || writeEnds) {
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
    if (channel.isWritable()) {
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
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      close();
    }
  }

  @Override
  public void onClose(Runnable action) {
    channel.closeFuture().addListener(closed -> action.run());
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
    if (closed) {
      buffer.release();
    } else {
      handler.received(buffer);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {}

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE && !closed) {
      readEnded = true;
      handler.ended();
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

  /** Read errors and failed writes end here: to us they are all a connection that is gone. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.error("a connection was closed by a fault of ours", cause);
    }
    gone();
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    gone();
    ctx.fireChannelInactive();
  }

  private void gone() {
    if (!closed) {
      closed = true;
      settle();
      handler.gone();
    }
  }

  /** Not within the flush that emptied the queue: Netty takes the queue away from under it. */
  private void shutDownOutput() {
    loop()
        .execute(
            () -> {
              if (!closed && !writeEnded) {
                writeEnded = true;
                channel.shutdownOutput();
                handler.drained();
              }
            });
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
