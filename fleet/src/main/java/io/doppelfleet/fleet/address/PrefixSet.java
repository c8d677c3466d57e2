package io.doppelfleet.fleet.address;

import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.PrefixList;
import java.net.Inet4Address;
import java.util.Collection;
import java.util.stream.Stream;

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
    return of(all.stream());
  }

  /** Of all lists of a use together. */
  public static PrefixSet of(Collection<PrefixList> lists, PrefixList.Use use) {
    return of(prefixes(lists, use));
  }

  static Stream<Prefix> prefixes(Collection<PrefixList> lists, PrefixList.Use use) {
    return lists.stream()
        .filter(list -> list.use() == use)
        .flatMap(list -> list.prefixes().stream());
  }

  static PrefixSet of(Stream<Prefix> all) {
    Prefixes prefixes = new Prefixes();
    all.forEach(
        prefix -> {
          AddressBits first = AddressBits.of(prefix.address());
          prefixes.add(first.high(), first.low(), length(prefix));
        });
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

  /** Which part of a range's addresses they have, 0 to 1. */
  public double share(Prefix range) {
    AddressBits first = AddressBits.of(range.address());
    return range.address() instanceof Inet4Address
        ? ipv4.share(first.low() << 32, 0, range.length())
        : ipv6.share(first.high(), first.low(), range.length());
  }

  /** Those of one family. */
  PrefixSet only(AddressFamily family) {
    return family == AddressFamily.IPV4
        ? new PrefixSet(ipv4, EMPTY.ipv6)
        : new PrefixSet(EMPTY.ipv4, ipv6);
  }

  /** Whether each of their addresses is in one of others. */
  public boolean isWithin(PrefixSet others) {
    return ipv4.isWithin(others.ipv4) && ipv6.isWithin(others.ipv6);
  }

  /** Whether these are the same prefixes, which is asked of a million. */
  public boolean isSame(PrefixSet others) {
    return ipv4.isSame(others.ipv4) && ipv6.isSame(others.ipv6);
  }

  /** Is shown prefixes. */
  public interface Visitor<E extends Exception> {
    /**
     * One of them.
     *
     * @param high of its first address, as {@link AddressBits} has it
     * @param length 0..128, as IPv6 has it: an IPv4 prefix's and 96
     */
    void visit(long high, long low, int length) throws E;
  }

  /** Shows each in order, those that have an address alone. */
  public <E extends Exception> void forEach(Visitor<E> visitor) throws E {
    ipv4.forEach(
        (high, low, length) -> visitor.visit(0, AddressBits.MAPPED | high >>> 32, 96 + length));
    ipv6.forEach(
        (high, low, length) -> {
          if (length < 96 || !AddressBits.isIpv4(high, low)) { // which are IPv4's
            visitor.visit(high, low, length);
          }
        });
  }

  /** Memory that they take. */
  public long bytes() {
    return ipv4.bytes() + ipv6.bytes();
  }
}
