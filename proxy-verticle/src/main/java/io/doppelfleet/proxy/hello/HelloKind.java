package io.doppelfleet.proxy.hello;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * Hellos of one kind differ in nothing that a server's answer depends on: keys, random bytes, host
 * name, GREASE (<a href="https://www.rfc-editor.org/rfc/rfc8701">RFC 8701</a>) and the order of
 * extensions, which clients shuffle. A cover gives hellos of one kind answers of one kind.
 *
 * @param id 16 hex digits, the same in every process
 */
public record HelloKind(String id) {
  private static final int ID_BYTES = 8;
  private static final int SUPPORTED_GROUPS = 10;
  private static final int SUPPORTED_VERSIONS = 43;
  private static final int KEY_SHARE = 51;

  /** Of a hello that was read. */
  public static HelloKind of(ClientHello hello) {
    ByteBuffer in = ByteBuffer.wrap(hello.signedBytes());
    in.position(ClientHello.RANDOM_AT + ClientHello.RANDOM_LENGTH);
    StringBuilder text = new StringBuilder();
    int sessionId = in.get() & 0xff;
    text.append(sessionId).append(':');
    in.position(in.position() + sessionId);
    numbers(text, in, in.getShort() & 0xffff);
    int compressions = in.get() & 0xff;
    in.position(in.position() + compressions);
    Map<Integer, String> extensions = new TreeMap<>();
    if (in.hasRemaining()) {
      int all = in.getShort() & 0xffff;
      in.limit(in.position() + all); // what stands behind them is no extension
      while (in.hasRemaining()) {
        int type = in.getShort() & 0xffff;
        int length = in.getShort() & 0xffff;
        if (!isGrease(type)) {
          extensions.put(type, body(type, in.slice(in.position(), length)));
        }
        in.position(in.position() + length);
      }
    }
    return new HelloKind(hash(text.append(extensions).toString()));
  }

  private static String body(int type, ByteBuffer body) {
    StringBuilder text = new StringBuilder();
    try {
      body(type, body, text);
    } catch (BufferUnderflowException
        | IndexOutOfBoundsException
        | IllegalArgumentException e) { // lengths that don't fit: no client's, and of a kind too
      text.append('!');
    }
    return text.toString();
  }

  private static void body(int type, ByteBuffer body, StringBuilder text) {
    switch (type) {
      case SUPPORTED_GROUPS -> numbers(text, body, body.getShort() & 0xffff);
      case SUPPORTED_VERSIONS -> numbers(text, body, body.get() & 0xff);
      case KEY_SHARE -> {
        body.getShort();
        while (body.hasRemaining()) {
          number(text, body.getShort() & 0xffff);
          body.position(body.position() + 2 + (body.getShort(body.position()) & 0xffff));
        }
      }
      // status_request, signature_algorithms, ALPN, SCT, compress_certificate, ALPS and the like.
      case 5, 13, 16, 18, 27, 28, 45, 0x4469, 0x44cd ->
          text.append(HexFormat.of().formatHex(body.array(), body.arrayOffset(), end(body)));
      default -> {} // what else there is, is told from its presence
    }
  }

  private static int end(ByteBuffer body) {
    return body.arrayOffset() + body.remaining();
  }

  private static void numbers(StringBuilder text, ByteBuffer in, int bytes) {
    for (int i = 0; i < bytes / 2; i++) {
      number(text, in.getShort() & 0xffff);
    }
  }

  private static void number(StringBuilder text, int number) {
    if (!isGrease(number)) {
      text.append(Integer.toHexString(number)).append('.');
    }
  }

  /** 0x0a0a, 0x1a1a and so on to 0xfafa. */
  static boolean isGrease(int number) {
    return (number & 0x0f0f) == 0x0a0a && number >> 8 == (number & 0xff);
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(digest, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
