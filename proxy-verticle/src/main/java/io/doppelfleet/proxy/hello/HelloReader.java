package io.doppelfleet.proxy.hello;

import io.netty.buffer.ByteBuf;

/**
 * Finds a ClientHello in the first bytes of a connection, in whatever records and segments it
 * comes. Bytes that no continuation can make a hello are known as such at once, since the cover
 * would answer them at once.
 */
public final class HelloReader {
  /** The longest hello that is waited for; forks send up to 4096 bytes. */
  public static final int LONGEST_HELLO = 8 * 1024;

  private static final int HANDSHAKE_RECORD = 0x16;
  private static final int CLIENT_HELLO = 1;

  /** Of a plaintext record, RFC 8446, 5.1. */
  private static final int LONGEST_RECORD = 16 * 1024;

  /** version, random, session id length: what a hello has at least. */
  private static final int SHORTEST_BODY = 2 + 32 + 1 + 2 + 2 + 2;

  /** What the bytes are. */
  public sealed interface Reading {
    /** A hello may still come of them. */
    record NeedsMore() implements Reading {}

    /** No hello will come of them. */
    record NoHello() implements Reading {}

    /**
     * A whole hello.
     *
     * @param hello the hello
     * @param length the bytes that it took, record headers included
     */
    record Whole(ClientHello hello, int length) implements Reading {}
  }

  private static final Reading NEEDS_MORE = new Reading.NeedsMore();
  private static final Reading NO_HELLO = new Reading.NoHello();

  private HelloReader() {}

  /** Looks at all bytes since the connection's first, and moves no index. */
  public static Reading read(ByteBuf bytes) {
    int from = bytes.readerIndex();
    int end = bytes.writerIndex();
    int joined = 0;
    int wanted = ClientHello.HANDSHAKE_HEADER;
    int at = from;
    while (at < end && joined < wanted) {
      if (!headerMayBe(bytes, at, end, at == from)) {
        return NO_HELLO;
      }
      if (end - at < ClientHello.RECORD_HEADER) {
        return NEEDS_MORE;
      }
      int length = bytes.getUnsignedShort(at + 3);
      if (length == 0 || length > LONGEST_RECORD) {
        return NO_HELLO;
      }
      at += ClientHello.RECORD_HEADER;
      int here = Math.min(length, end - at);
      for (int i = joined; i < ClientHello.HANDSHAKE_HEADER && i < joined + here; i++) {
        int next = bytes.getUnsignedByte(at + i - joined);
        if (i == 0 && next != CLIENT_HELLO) {
          return NO_HELLO;
        }
        wanted += i == 0 ? 0 : next << (8 * (3 - i));
      }
      if (wanted > LONGEST_HELLO || (joined + length > wanted && joined + here >= 4)) {
        return NO_HELLO;
      }
      joined += here;
      at += here;
    }
    boolean lengthKnown = joined >= ClientHello.HANDSHAKE_HEADER;
    if (lengthKnown && wanted < ClientHello.HANDSHAKE_HEADER + SHORTEST_BODY) {
      return NO_HELLO;
    }
    return lengthKnown && joined == wanted ? whole(bytes, from, at, wanted) : NEEDS_MORE;
  }

  private static boolean headerMayBe(ByteBuf bytes, int at, int end, boolean first) {
    if (bytes.getByte(at) != HANDSHAKE_RECORD) {
      return false;
    }
    if (end - at > 1 && bytes.getByte(at + 1) != 3) {
      return false;
    }
    if (end - at <= 2) {
      return true;
    }
    int minor = bytes.getByte(at + 2);
    return minor == 1 || (minor == 3 && !first);
  }

  private static Reading whole(ByteBuf bytes, int from, int to, int length) {
    byte[] record = new byte[ClientHello.RECORD_HEADER + length];
    record[0] = HANDSHAKE_RECORD;
    record[1] = 3;
    record[2] = 1;
    record[3] = (byte) (length >> 8);
    record[4] = (byte) length;
    int filled = ClientHello.RECORD_HEADER;
    for (int at = from; at < to; ) {
      int payload = bytes.getUnsignedShort(at + 3);
      bytes.getBytes(at + ClientHello.RECORD_HEADER, record, filled, payload);
      filled += payload;
      at += ClientHello.RECORD_HEADER + payload;
    }
    try {
      return new Reading.Whole(new ClientHello(record), to - from);
    } catch (MalformedHelloException e) {
      return NO_HELLO;
    }
  }
}
