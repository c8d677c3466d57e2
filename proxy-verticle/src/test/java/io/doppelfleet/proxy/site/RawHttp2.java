package io.doppelfleet.proxy.site;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** HTTP/2 as no client writes it: RFC 9113, with the static table of RFC 7541 alone. */
final class RawHttp2 {
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final byte END_STREAM_AND_HEADERS = 0x5;

  private RawHttp2() {}

  /** The preface and settings that change nothing. */
  static byte[] opening() {
    byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1);
    byte[] settings = frame(SETTINGS, (byte) 0, 0, new byte[0]);
    return ByteBuffer.allocate(preface.length + settings.length).put(preface).put(settings).array();
  }

  /** A request for a path of less than 127 bytes, as they are. */
  static byte[] get(int stream, String path) {
    byte[] bytes = path.getBytes(ISO_8859_1);
    ByteBuffer block = ByteBuffer.allocate(7 + bytes.length);
    block.put((byte) 0x82); // :method: GET
    block.put((byte) 0x87); // :scheme: https
    block.put((byte) 0x01).put((byte) 1).put((byte) 'a'); // :authority
    block.put((byte) 0x04).put((byte) bytes.length).put(bytes); // :path
    return frame(HEADERS, END_STREAM_AND_HEADERS, stream, block.array());
  }

  private static byte[] frame(int type, byte flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .putInt(payload.length << 8 | type)
        .put(flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  /** The next frame of a stream: its type and payload. */
  static String nextOf(DataInputStream in, int stream) throws IOException {
    while (true) {
      int lengthAndType = in.readInt();
      in.readByte(); // flags
      int of = in.readInt();
      byte[] payload = in.readNBytes(lengthAndType >>> 8);
      if (of == stream) {
        return (lengthAndType & 0xff) + " " + HexFormat.of().formatHex(payload);
      }
    }
  }
}
