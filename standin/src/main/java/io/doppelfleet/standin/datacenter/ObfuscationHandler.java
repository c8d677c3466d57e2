package io.doppelfleet.standin.datacenter;

import io.doppelfleet.standin.wire.Obfuscated2;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import org.jspecify.annotations.Nullable;

/**
 * Reads the 64 bytes that open a connection and undoes the cipher both ways. What goes on is in
 * heap buffers, on which the JDK's AES is twice as fast as on direct ones; what is written must be
 * in such, and is encrypted in place.
 */
final class ObfuscationHandler extends ChannelDuplexHandler {
  private static final byte[] NO_SECRET = {};

  private final DatacenterState datacenter;
  private final byte[] header = new byte[Obfuscated2.HEADER_LENGTH];
  private int have;
  private @Nullable Obfuscated2 stream;

  ObfuscationHandler(DatacenterState datacenter) {
    this.datacenter = datacenter;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      Obfuscated2 opened = stream != null ? stream : open(ctx, in);
      if (opened == null || !in.isReadable()) {
        return;
      }
      int length = in.readableBytes();
      ByteBuf plain = ctx.alloc().heapBuffer(length, length).writeBytes(in);
      opened.decrypt(plain.array(), plain.arrayOffset(), length);
      ctx.fireChannelRead(plain);
    } finally {
      in.release();
    }
  }

  private @Nullable Obfuscated2 open(ChannelHandlerContext ctx, ByteBuf in) {
    int take = Math.min(header.length - have, in.readableBytes());
    in.readBytes(header, have, take);
    have += take;
    if (have < header.length) {
      return null;
    }
    Obfuscated2 opened = Obfuscated2.accept(NO_SECRET, header);
    Framing framing = Framing.of(opened.tag());
    if (framing == null) {
      ctx.close();
      in.skipBytes(in.readableBytes());
      return null;
    }
    stream = opened;
    Arrival arrival = new Arrival(opened.datacenter(), opened.tag());
    datacenter.arrived(arrival);
    ctx.pipeline()
        .addLast(
            datacenter.silent()
                ? new SilentHandler()
                : new ProtocolSelector(datacenter, arrival, framing));
    return opened;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (stream != null && message instanceof ByteBuf out && out.isReadable()) {
      stream.encrypt(out.array(), out.arrayOffset() + out.readerIndex(), out.readableBytes());
    }
    ctx.write(message, promise);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (stream == null && event instanceof ChannelInputShutdownEvent) {
      ctx.close();
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
