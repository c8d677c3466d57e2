package io.doppelfleet.proxy.front;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header of the PROXY protocol, versions 1 and 2, as its <a
 * href="https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt">specification</a> has it. What
 * version 2 says besides the addresses is skipped.
 */
public final class ProxyHeader {
  /** The longest that is taken, bytes: routers send some hundred at the most. */
  public static final int LONGEST = 4096;

  /** Of version 1, with its line's end. */
  static final int LONGEST_LINE = 107;

  private static final byte[] LINE = "PROXY ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BINARY = {
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
  };

  /** The signature, version and command, family, and the length of the rest. */
  private static final int FIXED = BINARY.length + 4;

  private static final int LOCAL = 0x20;
  private static final int PROXY = 0x21;

  private static final String NUMBER = "(?:0|[1-9][0-9]{0,2})";
  private static final String IPV4 = "(" + NUMBER + "(?:[.]" + NUMBER + "){3})";
  private static final String IPV6 = "([0-9a-fA-F.]*:[0-9a-fA-F:.]*)";
  private static final String PORT = "(0|[1-9][0-9]{0,4})";
  private static final Pattern TCP4 =
      Pattern.compile("PROXY TCP4 " + IPV4 + " " + IPV4 + " " + PORT + " " + PORT);
  private static final Pattern TCP6 =
      Pattern.compile("PROXY TCP6 " + IPV6 + " " + IPV6 + " " + PORT + " " + PORT);

  private ProxyHeader() {}

  /** What the bytes so far are. */
  public sealed interface Reading {
    /** The beginning of one. */
    record NeedsMore() implements Reading {}

    /** None, whatever follows, or one that is not taken. */
    record Malformed() implements Reading {}

    /**
     * All of one.
     *
     * @param length its bytes
     * @param ends what it says; null where it says nothing of anybody: the router speaks for itself
     */
    record Whole(int length, @Nullable Ends ends) implements Reading {}
  }

  /** Reads it; the buffer stays as it is. */
  public static Reading read(ByteBuf bytes) {
    if (!bytes.isReadable()) {
      return new Reading.NeedsMore();
    }
    boolean binary = bytes.getByte(bytes.readerIndex()) == BINARY[0];
    byte[] signature = binary ? BINARY : LINE;
    int have = Math.min(signature.length, bytes.readableBytes());
    for (int i = 0; i < have; i++) {
      if (bytes.getByte(bytes.readerIndex() + i) != signature[i]) {
        return new Reading.Malformed();
      }
    }
    return binary ? binary(bytes) : line(bytes);
  }

  private static Reading line(ByteBuf bytes) {
    int most = Math.min(LONGEST_LINE, bytes.readableBytes());
    int end = bytes.indexOf(bytes.readerIndex(), bytes.readerIndex() + most, (byte) '\n');
    if (end < 0) {
      return most < LONGEST_LINE ? new Reading.NeedsMore() : new Reading.Malformed();
    }
    int length = end + 1 - bytes.readerIndex();
    String line = bytes.toString(bytes.readerIndex(), length, StandardCharsets.ISO_8859_1);
    if (!line.endsWith("\r\n")) {
      return new Reading.Malformed();
    }
    String words = line.substring(0, length - 2);
    if (words.equals("PROXY UNKNOWN") || words.startsWith("PROXY UNKNOWN ")) {
      return new Reading.Whole(length, null);
    }
    Ends ends = words.startsWith("PROXY TCP4 ") ? ends(TCP4, words) : ends(TCP6, words);
    return ends == null ? new Reading.Malformed() : new Reading.Whole(length, ends);
  }

  private static @Nullable Ends ends(Pattern form, String words) {
    Matcher parts = form.matcher(words);
    if (!parts.matches()) {
      return null;
    }
    int fromPort = Integer.parseInt(parts.group(3));
    int toPort = Integer.parseInt(parts.group(4));
    if (fromPort > 0xffff || toPort > 0xffff) {
      return null;
    }
    try {
      return new Ends(
          new InetSocketAddress(InetAddress.ofLiteral(parts.group(1)), fromPort),
          new InetSocketAddress(InetAddress.ofLiteral(parts.group(2)), toPort));
    } catch (IllegalArgumentException e) { // 256.0.0.0, or colons that are no address
      return null;
    }
  }

  private static Reading binary(ByteBuf bytes) {
    if (bytes.readableBytes() < FIXED) {
      return new Reading.NeedsMore();
    }
    int at = bytes.readerIndex() + BINARY.length;
    int command = bytes.getUnsignedByte(at);
    int family = bytes.getUnsignedByte(at + 1);
    int length = FIXED + bytes.getUnsignedShort(at + 2);
    if ((command != LOCAL && command != PROXY) || length > LONGEST) {
      return new Reading.Malformed();
    }
    int addresses =
        switch (command == LOCAL ? 0x00 : family) {
          case 0x11 -> 12; // TCP over IPv4
          case 0x21 -> 36; // TCP over IPv6
          case 0x31 -> 216; // a Unix socket's
          case 0x00 -> 0; // unknown
          default -> LONGEST;
        };
    if (length - FIXED < addresses) {
      return new Reading.Malformed();
    }
    if (bytes.readableBytes() < length) {
      return new Reading.NeedsMore();
    }
    return new Reading.Whole(
        length,
        switch (addresses) {
          case 12 -> ends(bytes, bytes.readerIndex() + FIXED, 4);
          case 36 -> ends(bytes, bytes.readerIndex() + FIXED, 16);
          default -> null;
        });
  }

  private static Ends ends(ByteBuf bytes, int at, int size) {
    return new Ends(
        new InetSocketAddress(address(bytes, at, size), bytes.getUnsignedShort(at + 2 * size)),
        new InetSocketAddress(
            address(bytes, at + size, size), bytes.getUnsignedShort(at + 2 * size + 2)));
  }

  /** One of IPv4 that is written as IPv6's becomes one of IPv4. */
  private static InetAddress address(ByteBuf bytes, int at, int size) {
    byte[] address = new byte[size];
    bytes.getBytes(at, address);
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // 4 and 16 bytes are an address
    }
  }
}
