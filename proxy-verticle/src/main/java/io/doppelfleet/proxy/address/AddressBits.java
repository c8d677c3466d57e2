package io.doppelfleet.proxy.address;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * An address as the 128 bits that IPv6 has for it, in two longs: an object of the JDK's for one is
 * 56 to 96 bytes.
 */
public final class AddressBits {
  /** Of an IPv4 address that is written as IPv6's, RFC 4291, 2.5.5.2: the 32 bits before it. */
  private static final long MAPPED = 0xffffL << 32;

  private AddressBits() {}

  /** The first 64 bits. */
  public static long high(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4 ? 0 : ByteBuffer.wrap(bytes).getLong();
  }

  /** The last 64 bits. */
  public static long low(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4
        ? MAPPED | Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt())
        : ByteBuffer.wrap(bytes).getLong(8);
  }

  static boolean isIpv4(long high, long low) {
    return high == 0 && low >>> 32 == 0xffff;
  }
}
