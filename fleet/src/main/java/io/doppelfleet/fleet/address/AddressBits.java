package io.doppelfleet.fleet.address;

import io.doppelfleet.fleet.Prefix;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * An address as the 128 bits that IPv6 has for it, in two longs: an object of the JDK's for one is
 * 56 to 96 bytes.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
public record AddressBits(long high, long low) {
  /** Of an IPv4 address that is written as IPv6's, RFC 4291, 2.5.5.2: the 32 bits before it. */
  static final long MAPPED = 0xffffL << 32;

  /** Of either kind. */
  public static AddressBits of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return bytes.remaining() == 4
        ? new AddressBits(0, MAPPED | Integer.toUnsignedLong(bytes.getInt()))
        : new AddressBits(bytes.getLong(), bytes.getLong());
  }

  /** As the JDK has it, made anew. */
  public InetAddress address() {
    try {
      return InetAddress.getByAddress(ByteBuffer.allocate(16).putLong(high).putLong(low).array());
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // 16 bytes are an address
    }
  }

  /**
   * The range that begins with it.
   *
   * @param length 0..128, as IPv6 has it: an IPv4 prefix's and 96
   */
  public Prefix prefix(int length) {
    InetAddress first = address();
    return new Prefix(first, first instanceof Inet4Address ? length - 96 : length);
  }

  /** What one subscriber has: an IPv4 address, or of IPv6 the /64. */
  public AddressBits network() {
    return isIpv4(high, low) ? this : new AddressBits(high, 0);
  }

  /**
   * The {@link #network} of an address in one number: the first half of an IPv6 address, and of
   * IPv4 what no such half is that somebody comes from.
   */
  public static long networkKey(long high, long low) {
    return isIpv4(high, low) ? low : high;
  }

  static boolean isIpv4(long high, long low) {
    return high == 0 && low >>> 32 == 0xffff;
  }
}
