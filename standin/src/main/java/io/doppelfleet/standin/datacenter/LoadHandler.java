package io.doppelfleet.standin.datacenter;

import io.doppelfleet.fleet.mtproto.MalformedMessageException;
import io.doppelfleet.standin.wire.LoadContent;
import io.doppelfleet.standin.wire.LoadRequest;
import io.doppelfleet.standin.wire.SinkReport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@link LoadRequest}s. What waits to be sent is bounded by the channel's high-water mark:
 * above it a stream pauses, and an echo stops reading.
 */
final class LoadHandler extends ChannelInboundHandlerAdapter {
  /** Blocks that one stream sends before the loop's other connections have their turn. */
  private static final int BURST = 16;

  private final byte[] request = new byte[LoadRequest.LENGTH];
  private int have;
  private LoadRequest.@Nullable Operation current;
  private long total;
  private long done;
  private final CRC32C crc = new CRC32C();
  private boolean turnAsked;
  private boolean inputEnded;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      while (in.isReadable()) {
        take(ctx, in);
      }
    } finally {
      in.release();
    }
  }

  private void take(ChannelHandlerContext ctx, ByteBuf in) {
    switch (current) {
      case null -> request(ctx, in);
      case SINK -> sink(ctx, in);
      case ECHO -> {
        ctx.write(in.readRetainedSlice(in.readableBytes()));
        if (!ctx.channel().isWritable()) {
          ctx.channel().config().setAutoRead(false);
        }
      }
      case STREAM ->
          throw new MalformedMessageException("a request before the last one was answered");
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  private void request(ChannelHandlerContext ctx, ByteBuf in) {
    int take = Math.min(request.length - have, in.readableBytes());
    in.readBytes(request, have, take);
    have += take;
    if (have < request.length) {
      return;
    }
    have = 0;
    LoadRequest asked = LoadRequest.decode(request);
    current = asked.operation();
    total = asked.count();
    done = 0;
    crc.reset();
    switch (asked.operation()) {
      case STREAM -> stream(ctx);
      case SINK -> sink(ctx, in);
      case ECHO -> {}
    }
  }

  private void sink(ChannelHandlerContext ctx, ByteBuf in) {
    int take = (int) Math.min(total - done, in.readableBytes());
    crc.update(in.array(), in.arrayOffset() + in.readerIndex(), take);
    in.skipBytes(take);
    done += take;
    if (done == total) {
      report(ctx);
    }
  }

  private void report(ChannelHandlerContext ctx) {
    current = null;
    byte[] report = new SinkReport((int) crc.getValue(), done).encode();
    ctx.writeAndFlush(ctx.alloc().heapBuffer(report.length).writeBytes(report));
  }

  private void stream(ChannelHandlerContext ctx) {
    turnAsked = false;
    for (int i = 0; i < BURST && done < total && ctx.channel().isWritable(); i++) {
      int length = (int) Math.min(total - done, LoadContent.BLOCK_LENGTH);
      ByteBuf block = ctx.alloc().heapBuffer(length, length);
      LoadContent.copy(done, block.array(), block.arrayOffset(), length);
      ctx.write(block.writerIndex(length));
      done += length;
    }
    ctx.flush();
    if (done == total) {
      current = null;
      if (inputEnded) {
        finish(ctx);
      }
    } else if (ctx.channel().isWritable()) {
      askTurn(ctx);
    }
  }

  private void askTurn(ChannelHandlerContext ctx) {
    if (!turnAsked) {
      turnAsked = true;
      ctx.executor()
          .execute(
              () -> {
                if (current == LoadRequest.Operation.STREAM && ctx.channel().isActive()) {
                  stream(ctx);
                }
              });
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      if (current == LoadRequest.Operation.STREAM) {
        askTurn(ctx);
      }
      ctx.channel().config().setAutoRead(true);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      if (current == LoadRequest.Operation.SINK) {
        report(ctx);
      }
      if (current != LoadRequest.Operation.STREAM) {
        finish(ctx);
      }
    }
  }

  /** Closes when all that waits is sent. */
  private static void finish(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
