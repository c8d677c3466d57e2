package io.doppelfleet.fleet;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * Prefixes as numbers, where one is 60 to 115 bytes as an object: those of a fleet's lists are held
 * as long as nodes run. What is asked for is made anew. Immutable.
 */
final class PackedPrefixes extends AbstractList<Prefix> implements RandomAccess {
  /** The bytes of one: its address and its length as IPv6 has them. */
  static final int EACH = 17;

  private static final int ADDRESS = EACH - 1;

  /** The bits before an IPv4 address that is written as IPv6's, RFC 4291, 2.5.5.2. */
  private static final int BEFORE_IPV4 = 96;

  private final byte[] bytes;

  /** In their order. */
  PackedPrefixes(Collection<Prefix> all) {
    ByteBuffer packed = ByteBuffer.allocate(all.size() * EACH);
    for (Prefix each : all) {
      byte[] address = each.address().getAddress();
      boolean ipv4 = address.length < ADDRESS;
      if (ipv4) {
        packed.putLong(0).putInt(0xffff);
      }
      packed.put(address).put((byte) (each.length() + (ipv4 ? BEFORE_IPV4 : 0)));
    }
    bytes = packed.array();
  }

  @Override
  public Prefix get(int index) {
    int from = Objects.checkIndex(index, size()) * EACH;
    try {
      InetAddress first = InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + ADDRESS));
      int length = bytes[from + ADDRESS] & 0xff;
      return new Prefix(first, first instanceof Inet4Address ? length - BEFORE_IPV4 : length);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // 16 bytes are an address
    }
  }

  @Override
  public int size() {
    return bytes.length / EACH;
  }

  /** Two states are compared at each write and at each node: without making a prefix. */
  @Override
  public boolean equals(Object other) {
    return other instanceof PackedPrefixes that
        ? Arrays.equals(bytes, that.bytes)
        : super.equals(other);
  }

  @Override
  public int hashCode() {
    return super.hashCode(); // as each list of the same prefixes has it
  }
}
