package io.doppelfleet.standin.datacenter;

import io.doppelfleet.fleet.mtproto.TlReader;
import io.doppelfleet.fleet.mtproto.TlWriter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.List;

/** Messages of one connection, each a {@code byte[]}; the first eight bytes are the key's id. */
final class MtprotoHandler extends SimpleChannelInboundHandler<byte[]> {
  /** The id that unencrypted messages carry. */
  private static final long NO_KEY = 0;

  private final KeyExchange exchange;
  private final Conversation conversation;
  private long lastMessageId;

  MtprotoHandler(DatacenterState datacenter, Arrival arrival) {
    exchange = new KeyExchange(datacenter.rsa(), datacenter.keys());
    conversation = new Conversation(datacenter, new Methods(datacenter, arrival.datacenter()));
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, byte[] frame) {
    TlReader in = new TlReader(frame);
    List<byte[]> answers =
        in.int64() == NO_KEY ? List.of(exchanged(in)) : conversation.answer(frame);
    answers.forEach(ctx::write);
    // A client that asks for much and reads nothing is asked for no more.
    if (!ctx.channel().isWritable()) {
      ctx.channel().config().setAutoRead(false);
    }
  }

  /** {@code auth_key_id message_id length body} both ways. */
  private byte[] exchanged(TlReader in) {
    in.int64();
    byte[] body = exchange.answer(in.raw(in.int32()));
    lastMessageId = Math.max(lastMessageId + 4, (System.currentTimeMillis() / 1000) << 32);
    return new TlWriter()
        .int64(NO_KEY)
        .int64(lastMessageId + 1)
        .int32(body.length)
        .raw(body)
        .toByteArray();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      ctx.channel().config().setAutoRead(true);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ctx.close();
    }
  }

  /** As Telegram's: who speaks nonsense is cut. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
