package io.doppelfleet.proxy.hello;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A TLS ClientHello (<a href="https://www.rfc-editor.org/rfc/rfc8446#section-4.1.2">RFC 8446,
 * 4.1.2</a>) as far as the verdict and the answer need it.
 */
public final class ClientHello {
  /** NamedGroup x25519. */
  public static final int X25519 = 0x001d;

  /** NamedGroup X25519MLKEM768. */
  public static final int X25519_MLKEM768 = 0x11ec;

  static final int RECORD_HEADER = 5;
  static final int HANDSHAKE_HEADER = 4;
  static final int RANDOM_AT = RECORD_HEADER + HANDSHAKE_HEADER + 2;
  static final int RANDOM_LENGTH = 32;

  private static final int SERVER_NAME = 0;
  private static final int SUPPORTED_VERSIONS = 43;
  private static final int KEY_SHARE = 51;

  private final byte[] record;
  private final byte[] random;
  private final byte[] sessionId;
  private final int[] suites;
  private @Nullable String serverName;
  private boolean tls13;
  private byte @Nullable [] x25519Share;
  private byte @Nullable [] mlkemShare;
  private @Nullable HelloKind kind;

  /**
   * Reads a hello.
   *
   * @param record the hello as one record, header included
   * @throws MalformedHelloException where a length doesn't fit
   */
  public ClientHello(byte[] record) throws MalformedHelloException {
    this.record = record;
    try {
      ByteBuffer in = ByteBuffer.wrap(record).position(RANDOM_AT);
      random = take(in, RANDOM_LENGTH);
      sessionId = take(in, in.get() & 0xff);
      suites = new int[(in.getShort() & 0xffff) / 2];
      for (int i = 0; i < suites.length; i++) {
        suites[i] = in.getShort() & 0xffff;
      }
      int compressions = in.get() & 0xff;
      in.position(in.position() + compressions);
      if (in.hasRemaining()) {
        narrow(in, in.getShort() & 0xffff);
        while (in.hasRemaining()) {
          int type = in.getShort() & 0xffff;
          int all = narrow(in, in.getShort() & 0xffff);
          int end = in.limit();
          extension(type, in);
          in.limit(all).position(end);
        }
      }
    } catch (RuntimeException e) { // one of the buffer's: a length that points outside
      throw new MalformedHelloException();
    }
    Arrays.fill(record, RANDOM_AT, RANDOM_AT + RANDOM_LENGTH, (byte) 0);
  }

  /** Moves position and limit inside the body, which they are set to. */
  private void extension(int type, ByteBuffer body) {
    switch (type) {
      case SERVER_NAME -> {
        narrow(body, body.getShort() & 0xffff);
        if (body.get() == 0) {
          byte[] name = take(body, body.getShort() & 0xffff);
          serverName = new String(name, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        }
      }
      case SUPPORTED_VERSIONS -> {
        narrow(body, body.get() & 0xff);
        while (body.hasRemaining()) {
          tls13 |= body.getShort() == 0x0304;
        }
      }
      case KEY_SHARE -> {
        narrow(body, body.getShort() & 0xffff);
        while (body.hasRemaining()) {
          int group = body.getShort() & 0xffff;
          byte[] share = take(body, body.getShort() & 0xffff);
          if (group == X25519) {
            x25519Share = share;
          } else if (group == X25519_MLKEM768) {
            mlkemShare = share;
          }
        }
      }
      default -> {}
    }
  }

  /** The host name that the client asks for, in lower case, or null. */
  public @Nullable String serverName() {
    return serverName;
  }

  /** The 32 bytes that carry the digest and the time. */
  public byte[] random() {
    return random.clone();
  }

  /** What the answer must echo, 0..255 bytes. */
  public byte[] sessionId() {
    return sessionId.clone();
  }

  /** The cipher suites in the client's order. */
  public int[] suites() {
    return suites.clone();
  }

  /** Of which kind it is; found at the first call. */
  public HelloKind kind() {
    HelloKind known = kind;
    if (known == null) {
      known = HelloKind.of(this);
      kind = known;
    }
    return known;
  }

  /** Whether TLS 1.3 is among the supported versions. */
  public boolean offersTls13() {
    return tls13;
  }

  /** The client's public key of a group, or null where it sent none. */
  public byte @Nullable [] share(int group) {
    byte[] share = sharedOf(group);
    return share == null ? null : share.clone();
  }

  /** Bytes of that key; negative where it sent none. */
  public int shareLength(int group) {
    byte[] share = sharedOf(group);
    return share == null ? -1 : share.length;
  }

  private byte @Nullable [] sharedOf(int group) {
    return switch (group) {
      case X25519 -> x25519Share;
      case X25519_MLKEM768 -> mlkemShare;
      default -> null;
    };
  }

  /** The hello as one record with the random zeroed, which is what the digest is over. */
  public byte[] signedBytes() {
    return record;
  }

  /** The first four bytes of the random. */
  int firstWord() {
    return (int) Sha256.WORDS.get(random, 0);
  }

  byte randomByte(int index) {
    return random[index];
  }

  private static byte[] take(ByteBuffer in, int length) {
    byte[] bytes = new byte[in.remaining() < length ? -1 : length];
    in.get(bytes);
    return bytes;
  }

  /** Ends it after its next bytes, and says where it ended before. A slice would be garbage. */
  private static int narrow(ByteBuffer in, int length) {
    int all = in.limit();
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    in.limit(in.position() + length);
    return all;
  }
}
