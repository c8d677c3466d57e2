package io.doppelfleet.fleet.address;

import io.doppelfleet.fleet.Prefix;
import java.net.Inet4Address;
import java.util.List;
import java.util.stream.Stream;

/** A family of addresses, and how many of them can be somebody's. */
enum AddressFamily {
  IPV4("IPv4"),
  IPV6("IPv6");

  /** From which no client comes out of the Internet. */
  static final PrefixSet NOBODYS = PrefixSet.of(nobodys());

  private static final double HALF = 0.5;

  private static final Prefix ALL_IPV4 = Prefix.parse("0.0.0.0/0");

  /** All of IPv6 that can be somebody's. */
  private static final Prefix UNICAST = Prefix.parse("2000::/3");

  private static final List<Prefix> NOBODYS_IPV4 =
      nobodys().filter(prefix -> prefix.address() instanceof Inet4Address).toList();

  private final String text;

  AddressFamily(String text) {
    this.text = text;
  }

  /** What {@link #NOBODYS} has. */
  static Stream<Prefix> nobodys() {
    return Stream.of(Danger.PRIVATE, Danger.BOGON).flatMap(danger -> danger.networks().stream());
  }

  /** All that can be somebody's, with what is nobody's among them. */
  Prefix range() {
    return this == IPV4 ? ALL_IPV4 : UNICAST;
  }

  /** Whether these are half of what can be somebody's, or more. */
  boolean isHalf(PrefixSet set) {
    return (this == IPV4 ? shareOfIpv4(set) : set.share(UNICAST)) >= HALF;
  }

  private static double shareOfIpv4(PrefixSet set) {
    double nobodys = 0;
    double share = set.share(ALL_IPV4);
    for (Prefix network : NOBODYS_IPV4) {
      double size = Math.scalb(1.0, -network.length());
      nobodys += size;
      share -= size * set.share(network);
    }
    return share / (1 - nobodys);
  }

  @Override
  public String toString() {
    return text;
  }
}
