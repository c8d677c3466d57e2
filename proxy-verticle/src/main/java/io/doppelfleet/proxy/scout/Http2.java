package io.doppelfleet.proxy.scout;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * HTTP/2 (RFC 9113) as far as one request at a time needs it. The windows are larger than what a
 * look may read, so that none is ever moved.
 */
final class Http2 implements Web {
  private static final int DATA = 0;
  private static final int HEADERS_FRAME = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int CONTINUATION = 9;

  /** RFC 9113, 7: the stream is no longer needed. */
  private static final int CANCEL = 8;

  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;
  private static final int PRIORITY = 0x20;

  private static final int LONGEST_FRAME = 16_384;
  private static final int LONGEST_HEADERS = 256 * 1024;
  private static final int TABLE = 65_536;

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** Chrome's: table 65536, no push, window 6291456, header list 262144; then 15 MB in all. */
  private static final byte[] SETTINGS_FRAME =
      HexFormat.of()
          .parseHex(
              "000018040000000000"
                  + "000100010000"
                  + "000200000000"
                  + "000400600000"
                  + "000600040000"
                  + "00000408000000000000ef0001");

  private final DataInputStream in;
  private final OutputStream out;
  private final String host;
  private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
  private final DefaultHttp2HeadersDecoder decoder =
      new DefaultHttp2HeadersDecoder(false, LONGEST_HEADERS);
  private int nextStream = 1;

  /** An answer was left of which more may come. */
  private boolean left;

  // The frame that was read last.
  private int type;
  private int flags;
  private int stream;
  private byte[] payload = new byte[0];

  /**
   * Over a connection on which nothing was said yet. What a browser says first goes with its first
   * request.
   */
  Http2(InputStream in, OutputStream out, String host) {
    this.in = new DataInputStream(in);
    this.out = out;
    this.host = host;
    try {
      decoder.configuration().maxHeaderTableSize(TABLE);
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Answer get(String path, long most) throws IOException {
    int own = nextStream;
    nextStream += 2;
    request(own, path);
    Map<String, String> headers = new HashMap<>();
    Body body = new Body();
    boolean ended = false;
    while (!ended && body.bytes() < most) {
      frame();
      boolean ours = stream == own;
      if (type == HEADERS_FRAME) {
        boolean last = (flags & END_STREAM) != 0;
        Http2Headers block = headers();
        if (ours) {
          block.forEach(each -> headers.put(each.getKey().toString(), each.getValue().toString()));
          ended = last;
        }
      } else if (type == DATA && ours) {
        int padding = padding();
        int from = (flags & PADDED) != 0 ? 1 : 0;
        body.add(payload, from, payload.length - from - padding);
        ended = (flags & END_STREAM) != 0;
      } else if (type == RST_STREAM && ours) {
        throw new ProtocolException("it resets a request");
      } else if (type == GOAWAY) {
        throw new ProtocolException("it ends the connection instead of answering");
      }
    }
    if (!ended) {
      leave(own);
    }
    return new Answer(status(headers), headers, body.kept(), body.bytes(), true);
  }

  /**
   * Wants no more of an answer; what is under way is behind the ping's, for a server answers it.
   */
  private void leave(int own) throws IOException {
    ByteBuf said = Unpooled.buffer(64);
    said.writeMedium(4).writeByte(RST_STREAM).writeByte(0).writeInt(own).writeInt(CANCEL);
    said.writeMedium(8).writeByte(PING).writeByte(0).writeInt(0).writeLong(own);
    said.readBytes(out, said.readableBytes());
    out.flush();
    left = true;
  }

  @Override
  public void settle() throws IOException {
    while (left) {
      frame();
      left = type != PING || (flags & ACK) == 0;
      if (type == GOAWAY) {
        throw new ProtocolException("it ends the connection");
      }
    }
  }

  private static int status(Map<String, String> headers) throws ProtocolException {
    String status = headers.getOrDefault(":status", "");
    if (!status.matches("[1-5][0-9][0-9]")) {
      throw new ProtocolException("it answers without a status");
    }
    return Integer.parseInt(status);
  }

  private void request(int own, String path) throws IOException {
    Http2Headers headers =
        new DefaultHttp2Headers().method("GET").authority(host).scheme("https").path(path);
    HEADERS.forEach(each -> headers.add(each.getKey(), each.getValue()));
    ByteBuf block = Unpooled.buffer(512);
    ByteBuf said = Unpooled.buffer(1024);
    if (own == 1) {
      said.writeBytes(PREFACE).writeBytes(SETTINGS_FRAME);
    }
    try {
      encoder.encodeHeaders(own, headers, block);
    } catch (Http2Exception e) {
      throw new ProtocolException("a request can't be written: " + e.getMessage());
    }
    said.writeMedium(block.readableBytes()).writeByte(HEADERS_FRAME);
    said.writeByte(END_STREAM | END_HEADERS).writeInt(own).writeBytes(block);
    said.readBytes(out, said.readableBytes());
    out.flush();
  }

  /** The whole block that begins with this frame. */
  private Http2Headers headers() throws IOException {
    int opener = stream;
    int from = ((flags & PADDED) != 0 ? 1 : 0) + ((flags & PRIORITY) != 0 ? 5 : 0);
    int length = payload.length - from - padding();
    if (length < 0) {
      throw new ProtocolException("it sends a frame that is none");
    }
    ByteBuf block = Unpooled.buffer().writeBytes(payload, from, length);
    while ((flags & END_HEADERS) == 0) {
      frame();
      if (type != CONTINUATION || block.readableBytes() > LONGEST_HEADERS) {
        throw new ProtocolException("it sends headers that don't end");
      }
      block.writeBytes(payload);
    }
    try {
      return decoder.decodeHeaders(opener, block);
    } catch (Http2Exception e) {
      throw new ProtocolException("it sends headers that are none");
    }
  }

  private int padding() throws ProtocolException {
    if ((flags & PADDED) == 0) {
      return 0;
    }
    if (payload.length == 0 || (payload[0] & 0xff) >= payload.length) {
      throw new ProtocolException("it sends a frame that is none");
    }
    return payload[0] & 0xff;
  }

  /** Reads the next frame, and answers what every frame's reader must. */
  private void frame() throws IOException {
    int head = in.readInt();
    int length = head >>> 8;
    if (length > LONGEST_FRAME) {
      throw new ProtocolException("it sends a frame of " + length + " bytes");
    }
    type = head & 0xff;
    flags = in.readUnsignedByte();
    stream = in.readInt() & 0x7fff_ffff;
    payload = new byte[length];
    in.readFully(payload);
    if ((flags & ACK) == 0 && (type == SETTINGS || type == PING)) {
      byte[] answer = type == SETTINGS ? new byte[0] : payload;
      ByteBuf frame = Unpooled.buffer(9 + answer.length);
      frame.writeMedium(answer.length).writeByte(type).writeByte(ACK).writeInt(0);
      frame.writeBytes(answer);
      frame.readBytes(out, frame.readableBytes());
      out.flush();
    }
  }
}
