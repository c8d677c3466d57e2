package io.doppelfleet.standin.datacenter;

import io.doppelfleet.fleet.mtproto.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageCodec;
import java.util.List;

/** Cuts the stream into messages ({@code byte[]}) and joins them. */
final class FrameCodec extends ByteToMessageCodec<byte[]> {
  /** Twice what a client may put into one message, containers included. */
  static final int MAX_LENGTH = 2 * 1024 * 1024;

  private final Framing framing;
  private int length = Framing.INCOMPLETE;

  FrameCodec(Framing framing) {
    // Into heap buffers, in which they are encrypted.
    super(false);
    this.framing = framing;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (length == Framing.INCOMPLETE) {
      length = framing.length(in);
    }
    if (length > MAX_LENGTH) {
      throw new MalformedMessageException(
          "a frame of " + length + " bytes, at most " + MAX_LENGTH + " are right");
    }
    if (length != Framing.INCOMPLETE && in.readableBytes() >= length) {
      byte[] message = new byte[length];
      in.readBytes(message);
      length = Framing.INCOMPLETE;
      out.add(message);
    }
  }

  @Override
  protected void encode(ChannelHandlerContext ctx, byte[] message, ByteBuf out) {
    framing.write(message, out);
  }
}
