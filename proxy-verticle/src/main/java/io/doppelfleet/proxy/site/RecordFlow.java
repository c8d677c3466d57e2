package io.doppelfleet.proxy.site;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Gives TLS one record after the other, and none while the channel is not to be read. Whoever says
 * all that he has to say, a request and {@code close_notify}, may have both in one read; BoringSSL
 * takes the second for the end of both directions, and nothing could be sent any more. So it must
 * not get it before the answer is on its way.
 *
 * <p>What has come of a record goes on at once: garbage is met without waiting for more of it.
 */
final class RecordFlow extends ChannelDuplexHandler {
  /** Type, version and length (<a href="https://www.rfc-editor.org/rfc/rfc8446">RFC 8446</a>). */
  private static final int HEADER = 5;

  private static final int LENGTH_AT = 3;

  /** At most what one read brings. */
  private @Nullable ByteBuf held;

  /** Of the record under way: bytes of its header that passed, and of its payload that didn't. */
  private int header;

  private int left;

  private boolean passing;

  /** Whether TLS got anything since it was last told that a read is complete. */
  private boolean passed;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf before = held;
    held = before == null ? (ByteBuf) message : Unpooled.wrappedBuffer(before, (ByteBuf) message);
    pass(context);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (passed) {
      passed = false;
      context.fireChannelReadComplete();
    }
  }

  @Override
  public void read(ChannelHandlerContext context) {
    if (passing) {
      return; // whoever passes goes on
    }
    pass(context);
    channelReadComplete(context);
    if (held == null) {
      context.read();
    }
  }

  private void pass(ChannelHandlerContext context) {
    passing = true;
    try {
      while (held != null && context.channel().config().isAutoRead()) {
        ByteBuf bytes = held;
        ByteBuf record = bytes.readRetainedSlice(ofRecord(bytes));
        if (!bytes.isReadable()) {
          drop();
        }
        passed = true;
        context.fireChannelRead(record);
      }
    } finally {
      passing = false;
    }
  }

  /** How many of these bytes are of the record that is under way. */
  private int ofRecord(ByteBuf bytes) {
    int at = bytes.readerIndex();
    while (header < HEADER && at < bytes.writerIndex()) {
      if (header >= LENGTH_AT) {
        left = left << Byte.SIZE | bytes.getUnsignedByte(at);
      }
      header++;
      at++;
    }
    if (header == HEADER) {
      int payload = Math.min(left, bytes.writerIndex() - at);
      left -= payload;
      at += payload;
      header = left == 0 ? 0 : HEADER;
    }
    return at - bytes.readerIndex();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    drop();
  }

  private void drop() {
    ByteBuf bytes = held;
    held = null;
    if (bytes != null) {
      bytes.release();
    }
  }
}
