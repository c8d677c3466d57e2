package io.doppelfleet.proxy.hello;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Hellos of one kind differ in nothing that a server's answer depends on: keys, random bytes, host
 * name, GREASE (<a href="https://www.rfc-editor.org/rfc/rfc8701">RFC 8701</a>) and the order of
 * extensions, which clients shuffle. A cover gives hellos of one kind answers of one kind.
 *
 * @param id 16 hex digits, the same in every process
 */
public record HelloKind(String id) {
  private static final int ID_BYTES = 8;

  /** Characters of the text of clients' hellos, and extensions, or some more. */
  private static final int USUAL_TEXT = 512;

  private static final int USUAL_EXTENSIONS = 24;
  private static final int SUPPORTED_GROUPS = 10;
  private static final int SUPPORTED_VERSIONS = 43;
  private static final int KEY_SHARE = 51;

  /** Of a hello that was read. Text is what its id was always made of, and it is kept. */
  public static HelloKind of(ClientHello hello) {
    ByteBuffer in = ByteBuffer.wrap(hello.signedBytes());
    in.position(ClientHello.RANDOM_AT + ClientHello.RANDOM_LENGTH);
    StringBuilder text = new StringBuilder(USUAL_TEXT);
    int sessionId = in.get() & 0xff;
    text.append(sessionId).append(':');
    in.position(in.position() + sessionId);
    numbers(text, in, in.getShort() & 0xffff);
    int compressions = in.get() & 0xff;
    in.position(in.position() + compressions);
    text.append('{');
    if (in.hasRemaining()) {
      int all = in.getShort() & 0xffff;
      in.limit(in.position() + all); // what stands behind them is no extension
      extensions(text, in);
    }
    return new HelloKind(hash(text.append('}').toString()));
  }

  /** By type; where one comes twice the last counts. */
  private static void extensions(StringBuilder text, ByteBuffer in) {
    long[] places = places(in);
    String separator = "";
    for (int i = 0; i < places.length; i++) {
      int type = (int) (places[i] >> Integer.SIZE);
      if (i + 1 == places.length || type != (int) (places[i + 1] >> Integer.SIZE)) {
        text.append(separator).append(type).append('=');
        separator = ", ";
        body(type, in, (int) places[i], text);
      }
    }
  }

  /** Each one's type, and where its length stands, in ascending order. */
  private static long[] places(ByteBuffer in) {
    long[] places = new long[USUAL_EXTENSIONS];
    int count = 0;
    while (in.hasRemaining()) {
      int type = in.getShort() & 0xffff;
      if (!isGrease(type)) {
        if (count == places.length) {
          places = Arrays.copyOf(places, 2 * count);
        }
        places[count++] = (long) type << Integer.SIZE | in.position();
      }
      int length = in.getShort() & 0xffff;
      in.position(in.position() + length);
    }
    places = Arrays.copyOf(places, count);
    Arrays.sort(places);
    return places;
  }

  private static void body(int type, ByteBuffer in, int lengthAt, StringBuilder text) {
    int all = in.limit();
    int from = lengthAt + Short.BYTES;
    try {
      body(type, in.limit(from + (in.getShort(lengthAt) & 0xffff)).position(from), text);
    } catch (BufferUnderflowException
        | IndexOutOfBoundsException
        | IllegalArgumentException e) { // lengths that don't fit: no client's, and of a kind too
      text.append('!');
    } finally {
      in.limit(all);
    }
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
          hex(text, body.array(), body.arrayOffset() + body.position(), body.remaining());
      default -> {} // what else there is, is told from its presence
    }
  }

  private static void hex(StringBuilder text, byte[] bytes, int from, int length) {
    HexFormat.of().formatHex(text, bytes, from, from + length);
  }

  private static void numbers(StringBuilder text, ByteBuffer in, int bytes) {
    for (int i = 0; i < bytes / 2; i++) {
      number(text, in.getShort() & 0xffff);
    }
  }

  private static void number(StringBuilder text, int number) {
    if (isGrease(number)) {
      return;
    }
    int digits = Math.max(1, Math.ceilDiv(Integer.SIZE - Integer.numberOfLeadingZeros(number), 4));
    for (int digit = digits - 1; digit >= 0; digit--) {
      text.append(Character.forDigit((number >> (4 * digit)) & 0xf, 16));
    }
    text.append('.');
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
