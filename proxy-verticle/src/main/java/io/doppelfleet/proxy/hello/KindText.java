package io.doppelfleet.proxy.hello;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What a hello's kind is told by: its suites, its extensions by type, and of some what they say.
 * Without garbage, for it is written of each client's hello. For one thread.
 */
final class KindText {
  private static final int ID_BYTES = 8;

  /** Characters of the text of clients' hellos, and extensions, or some more. */
  private static final int USUAL_TEXT = 512;

  private static final int USUAL_EXTENSIONS = 24;
  private static final int SUPPORTED_GROUPS = 10;
  private static final int SUPPORTED_VERSIONS = 43;
  private static final int KEY_SHARE = 51;
  private static final byte[] DIGITS = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private final MessageDigest sha256;
  private final byte[] digest = new byte[HelloDigest.LENGTH];
  private byte[] text = new byte[USUAL_TEXT];
  private int length;

  /** Each extension's type, and where its length stands, in ascending order. */
  private long[] places = new long[USUAL_EXTENSIONS];

  private int extensions;

  KindText() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  /** The id of a hello's kind: the digest of its text, as 16 hex digits. */
  String of(byte[] record) {
    length = 0;
    ByteBuffer in = ByteBuffer.wrap(record);
    in.position(ClientHello.RANDOM_AT + ClientHello.RANDOM_LENGTH);
    int sessionId = in.get() & 0xff;
    decimal(sessionId);
    put(':');
    in.position(in.position() + sessionId);
    numbers(in, in.getShort() & 0xffff);
    int compressions = in.get() & 0xff;
    in.position(in.position() + compressions);
    put('{');
    if (in.hasRemaining()) {
      int all = in.getShort() & 0xffff;
      in.limit(in.position() + all); // what stands behind them is no extension
      extensions(in);
    }
    put('}');
    return hash();
  }

  /** By type; where one comes twice the last counts. */
  private void extensions(ByteBuffer in) {
    findPlaces(in);
    boolean first = true;
    for (int i = 0; i < extensions; i++) {
      int type = (int) (places[i] >> Integer.SIZE);
      if (i + 1 == extensions || type != (int) (places[i + 1] >> Integer.SIZE)) {
        if (!first) {
          put(',');
          put(' ');
        }
        first = false;
        decimal(type);
        put('=');
        extension(type, in, (int) places[i]);
      }
    }
  }

  private void findPlaces(ByteBuffer in) {
    extensions = 0;
    while (in.hasRemaining()) {
      int type = in.getShort() & 0xffff;
      if (!HelloKind.isGrease(type)) {
        if (extensions == places.length) {
          places = Arrays.copyOf(places, 2 * extensions);
        }
        places[extensions++] = (long) type << Integer.SIZE | in.position();
      }
      int length = in.getShort() & 0xffff;
      in.position(in.position() + length);
    }
    Arrays.sort(places, 0, extensions);
  }

  private void extension(int type, ByteBuffer in, int lengthAt) {
    int all = in.limit();
    int from = lengthAt + Short.BYTES;
    try {
      body(type, in.limit(from + (in.getShort(lengthAt) & 0xffff)).position(from));
    } catch (BufferUnderflowException
        | IndexOutOfBoundsException
        | IllegalArgumentException e) { // lengths that don't fit: no client's, and of a kind too
      put('!');
    } finally {
      in.limit(all);
    }
  }

  private void body(int type, ByteBuffer body) {
    switch (type) {
      case SUPPORTED_GROUPS -> numbers(body, body.getShort() & 0xffff);
      case SUPPORTED_VERSIONS -> numbers(body, body.get() & 0xff);
      case KEY_SHARE -> {
        body.getShort();
        while (body.hasRemaining()) {
          number(body.getShort() & 0xffff);
          body.position(body.position() + 2 + (body.getShort(body.position()) & 0xffff));
        }
      }
      // status_request, signature_algorithms, ALPN, SCT, compress_certificate, ALPS and the like.
      case 5, 13, 16, 18, 27, 28, 45, 0x4469, 0x44cd -> {
        while (body.hasRemaining()) {
          int next = body.get() & 0xff;
          put(DIGITS[next >> 4]);
          put(DIGITS[next & 0xf]);
        }
      }
      default -> {} // what else there is, is told from its presence
    }
  }

  private void numbers(ByteBuffer in, int bytes) {
    for (int i = 0; i < bytes / 2; i++) {
      number(in.getShort() & 0xffff);
    }
  }

  private void number(int number) {
    if (HelloKind.isGrease(number)) {
      return;
    }
    int digits = Math.max(1, Math.ceilDiv(Integer.SIZE - Integer.numberOfLeadingZeros(number), 4));
    for (int digit = digits - 1; digit >= 0; digit--) {
      put(DIGITS[(number >> (4 * digit)) & 0xf]);
    }
    put('.');
  }

  private void decimal(int number) {
    int unit = 1;
    while (number / unit >= 10) {
      unit *= 10;
    }
    for (; unit > 0; unit /= 10) {
      put(DIGITS[number / unit % 10]);
    }
  }

  private void put(int character) {
    if (length == text.length) {
      text = Arrays.copyOf(text, 2 * length);
    }
    text[length++] = (byte) character;
  }

  private String hash() {
    sha256.update(text, 0, length);
    try {
      sha256.digest(digest, 0, digest.length);
    } catch (DigestException e) {
      throw new IllegalStateException(e);
    }
    return HexFormat.of().formatHex(digest, 0, ID_BYTES);
  }
}
