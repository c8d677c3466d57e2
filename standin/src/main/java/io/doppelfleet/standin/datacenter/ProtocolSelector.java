package io.doppelfleet.standin.datacenter;

import io.doppelfleet.standin.wire.LoadRequest;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/** Tells load from MTProto by the first four bytes, and makes way for what they ask for. */
final class ProtocolSelector extends ByteToMessageDecoder {
  private final DatacenterState datacenter;
  private final Arrival arrival;
  private final Framing framing;

  ProtocolSelector(DatacenterState datacenter, Arrival arrival, Framing framing) {
    this.datacenter = datacenter;
    this.arrival = arrival;
    this.framing = framing;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (in.readableBytes() < LoadRequest.MAGIC_LENGTH) {
      return;
    }
    if (in.getIntLE(in.readerIndex()) == LoadRequest.MAGIC) {
      ctx.pipeline().addLast(new LoadHandler());
    } else {
      ctx.pipeline().addLast(new FrameCodec(framing), new MtprotoHandler(datacenter, arrival));
    }
    ctx.pipeline().remove(this);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ctx.close();
    }
  }
}
