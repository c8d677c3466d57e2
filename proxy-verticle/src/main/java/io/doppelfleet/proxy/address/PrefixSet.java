package io.doppelfleet.proxy.address;

import io.doppelfleet.fleet.Prefix;
import java.net.Inet4Address;
import java.util.Collection;

/** Ranges of addresses, looked up without an object. Immutable. */
public final class PrefixSet {
  /** Without any. */
  public static final PrefixSet EMPTY = new Prefixes().toSet();

  /** IPv4 has its own: no prefix of IPv6 is meant for the addresses that are written as its. */
  private final PrefixTrie ipv4;

  private final PrefixTrie ipv6;

  PrefixSet(PrefixTrie ipv4, PrefixTrie ipv6) {
    this.ipv4 = ipv4;
    this.ipv6 = ipv6;
  }

  /** Of these. */
  public static PrefixSet of(Collection<Prefix> all) {
    Prefixes prefixes = new Prefixes();
    for (Prefix prefix : all) {
      AddressBits first = AddressBits.of(prefix.address());
      prefixes.add(first.high(), first.low(), length(prefix));
    }
    return prefixes.toSet();
  }

  private static int length(Prefix prefix) {
    return (prefix.address() instanceof Inet4Address ? 96 : 0) + prefix.length();
  }

  /** Whether an address, as {@link AddressBits} has it, is in one of them. */
  public boolean contains(long high, long low) {
    return AddressBits.isIpv4(high, low) ? ipv4.contains(low << 32, 0) : ipv6.contains(high, low);
  }

  /** Whether an address of this range is in one of them. */
  public boolean overlaps(Prefix range) {
    AddressBits first = AddressBits.of(range.address());
    return range.address() instanceof Inet4Address
        ? ipv4.overlaps(first.low() << 32, 0, range.length())
        : ipv6.overlaps(first.high(), first.low(), range.length());
  }

  /** How many there are, without those that are in others. */
  public int count() {
    return ipv4.count() + ipv6.count();
  }

  /** Which part of all IPv4 addresses they have, 0 to 1. */
  public double shareOfIpv4() {
    return ipv4.share();
  }

  /** Which part of all IPv6 addresses they have, 0 to 1. */
  public double shareOfIpv6() {
    return ipv6.share();
  }

  /** Memory that they take. */
  public long bytes() {
    return ipv4.bytes() + ipv6.bytes();
  }
}
