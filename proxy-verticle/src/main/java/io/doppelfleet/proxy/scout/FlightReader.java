package io.doppelfleet.proxy.scout;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a server's first flight (RFC 8446, 4.1.3 and 5.1) from the bytes of the connection. */
final class FlightReader {
  private static final int CHANGE_CIPHER_SPEC = 0x14;
  private static final int ALERT = 0x15;
  private static final int HANDSHAKE = 0x16;
  private static final int APPLICATION_DATA = 0x17;
  private static final int HEADER = 5;
  private static final int LONGEST_RECORD = 16_384 + 256;

  /** Encrypted records of a flight, and extensions of a ServerHello: some times any server's. */
  private static final int MOST = 64;

  private static final int SERVER_HELLO = 2;
  private static final int SUPPORTED_VERSIONS = 43;
  private static final int KEY_SHARE = 51;

  /** SHA-256 of "HelloRetryRequest", which stands where a ServerHello has its random. */
  private static final byte[] RETRY =
      HexFormat.of().parseHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

  private final ByteArrayOutputStream plain = new ByteArrayOutputStream();
  private final List<Integer> sealed = new ArrayList<>();
  private @Nullable Hello hello;

  /** A ServerHello of TLS 1.3. */
  private record Hello(int suite, int group, List<Integer> extensions) {}

  private FlightReader() {}

  /**
   * What all bytes so far are; null where more must come.
   *
   * @return a {@link Seen.Flight} where they end with an encrypted record, though another one may
   *     follow
   */
  static @Nullable Seen read(byte[] bytes, int length) {
    return new FlightReader().all(bytes, length);
  }

  private @Nullable Seen all(byte[] bytes, int length) {
    int at = 0;
    while (at < length) {
      int type = bytes[at];
      boolean legal =
          type == HANDSHAKE
              || type == ALERT
              || (hello != null && (type == CHANGE_CIPHER_SPEC || type == APPLICATION_DATA));
      if (!legal || (at + 1 < length && bytes[at + 1] != 3)) {
        return new Seen.Garbage();
      }
      if (length - at < HEADER) {
        return null;
      }
      int payload = (bytes[at + 3] & 0xff) << 8 | (bytes[at + 4] & 0xff);
      if (payload == 0 || payload > LONGEST_RECORD) {
        return new Seen.Garbage();
      }
      if (length - at - HEADER < payload) {
        return null;
      }
      Seen end = record(type, bytes, at + HEADER, payload);
      if (end != null) {
        return end;
      }
      at += HEADER + payload;
    }
    Hello read = hello;
    return read == null || sealed.isEmpty()
        ? null
        : new Seen.Flight(read.suite, read.group, read.extensions, sealed);
  }

  private @Nullable Seen record(int type, byte[] bytes, int from, int length) {
    switch (type) {
      case ALERT -> {
        return length == 2 ? new Seen.Alert(bytes[from + 1] & 0xff) : new Seen.Garbage();
      }
      case APPLICATION_DATA -> {
        if (sealed.size() == MOST) {
          return new Seen.Endless();
        }
        sealed.add(length);
      }
      case HANDSHAKE -> {
        if (hello != null) {
          return new Seen.Garbage();
        }
        plain.write(bytes, from, length);
        return handshake(ByteBuffer.wrap(plain.toByteArray()));
      }
      default -> {} // change_cipher_spec, which says nothing
    }
    return null;
  }

  private @Nullable Seen handshake(ByteBuffer in) {
    if (in.get(0) != SERVER_HELLO) {
      return new Seen.Garbage();
    }
    if (in.remaining() < 4 || in.remaining() < 4 + (in.getInt(0) & 0xff_ffff)) {
      return null;
    }
    in.limit(4 + (in.getInt(0) & 0xff_ffff));
    try {
      return serverHello(in.position(4));
    } catch (BufferUnderflowException
        | IllegalArgumentException
        | IndexOutOfBoundsException e) { // lengths that don't fit
      return new Seen.Garbage();
    }
  }

  private @Nullable Seen serverHello(ByteBuffer in) {
    int version = in.getShort() & 0xffff;
    byte[] random = new byte[32];
    in.get(random);
    in.position(in.position() + 1 + (in.get(in.position()) & 0xff));
    int suite = in.getShort() & 0xffff;
    in.get();
    List<Integer> types = new ArrayList<>();
    int group = 0;
    if (in.hasRemaining()) {
      in.getShort();
    }
    while (in.hasRemaining()) {
      int type = in.getShort() & 0xffff;
      int length = in.getShort() & 0xffff;
      int next = in.position() + length;
      if (types.size() == MOST) {
        return new Seen.Garbage();
      }
      types.add(type);
      if (type == SUPPORTED_VERSIONS) {
        version = in.getShort() & 0xffff;
      } else if (type == KEY_SHARE) {
        group = in.getShort() & 0xffff;
      }
      in.position(next);
    }
    if (version != 0x0304) {
      return new Seen.Older(version);
    }
    if (Arrays.equals(random, RETRY)) {
      return new Seen.Retry(group);
    }
    if (suite < 0x1301 || suite > 0x1303) {
      return new Seen.Garbage(); // no suite that a client offered
    }
    hello = new Hello(suite, group, types);
    return null;
  }
}
