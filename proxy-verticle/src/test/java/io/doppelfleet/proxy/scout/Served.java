package io.doppelfleet.proxy.scout;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Bytes that a server sends in answer to a hello, good ones and others. */
final class Served {
  static final int X25519 = 0x1d;

  private Served() {}

  /** ServerHello, change_cipher_spec, and encrypted records of these lengths. */
  static byte[] flight(int... sealed) {
    return join(serverHello(new byte[32], 0x1301, true, X25519), ccs(), sealed(sealed));
  }

  static byte[] retry(int group) {
    byte[] random =
        java.util.HexFormat.of()
            .parseHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");
    return join(serverHello(random, 0x1301, true, group), ccs());
  }

  /** With a certificate message behind it, as TLS 1.2 has it. */
  static byte[] tls12() {
    return join(serverHello(new byte[32], 0xc02f, false, 0), record(0x16, new byte[900]));
  }

  static byte[] alert(int description) {
    return record(0x15, new byte[] {2, (byte) description});
  }

  static byte[] plainHttp() {
    return "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] sealed(int... lengths) {
    byte[] all = new byte[0];
    for (int length : lengths) {
      all = join(all, record(0x17, new byte[length]));
    }
    return all;
  }

  static byte[] ccs() {
    return record(0x14, new byte[] {1});
  }

  private static byte[] serverHello(byte[] random, int suite, boolean tls13, int group) {
    boolean retry = random[0] != 0;
    ByteBuffer extensions = ByteBuffer.allocate(64);
    if (tls13) {
      extensions.putShort((short) 51).putShort((short) (retry ? 2 : 36)).putShort((short) group);
      if (!retry) {
        extensions.putShort((short) 32).put(new byte[32]);
      }
      extensions.putShort((short) 43).putShort((short) 2).putShort((short) 0x0304);
    }
    int length = 2 + 32 + 1 + 32 + 2 + 1 + 2 + extensions.position();
    ByteBuffer out = ByteBuffer.allocate(4 + length);
    out.putInt(2 << 24 | length).putShort((short) 0x0303).put(random).put((byte) 32);
    out.put(new byte[32]).putShort((short) suite).put((byte) 0);
    out.putShort((short) extensions.position()).put(extensions.array(), 0, extensions.position());
    return record(0x16, out.array());
  }

  static byte[] record(int type, byte[] payload) {
    return ByteBuffer.allocate(5 + payload.length)
        .put((byte) type)
        .putShort((short) 0x0303)
        .putShort((short) payload.length)
        .put(payload)
        .array();
  }

  static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}
