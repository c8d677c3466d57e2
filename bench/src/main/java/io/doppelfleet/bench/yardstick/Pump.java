package io.doppelfleet.bench.yardstick;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Writes what one channel reads to the other, and stops reading while that one is full. */
final class Pump extends ChannelInboundHandlerAdapter {
  private final Channel other;

  Pump(Channel other) {
    this.other = other;
  }

  /** The far side is there: the near one may begin. */
  @Override
  public void channelActive(ChannelHandlerContext context) {
    other.pipeline().addLast(new Pump(context.channel()));
    other.config().setAutoRead(true);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    other.write(message, other.voidPromise());
    if (!other.isWritable()) {
      context.channel().config().setAutoRead(false);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    other.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (context.channel().isWritable()) {
      other.config().setAutoRead(true);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (other.isActive()) {
      other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
