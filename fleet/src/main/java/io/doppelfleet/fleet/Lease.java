package io.doppelfleet.fleet;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * That a rule bans an address, for a time and no longer: no revision, and nobody has to end it.
 *
 * @param prefix one address, /32, or of IPv6 a /64; none that {@link #isExempt}
 * @param seconds for how long yet, 1..{@value #LONGEST}: nobody's wall clock counts
 */
public record Lease(Prefix prefix, int seconds) {
  /** A day. */
  public static final int LONGEST = 86_400;

  private static final int IPV4 = 32;
  private static final int IPV6 = 64;

  /** Checks the bounds. */
  public Lease {
    int length = length(prefix.address());
    if (prefix.length() != length) {
      throw new InvalidValueException(
          "prefix", "is " + prefix + ": a rule bans a /" + length + " and nothing else");
    }
    if (isExempt(prefix.address())) {
      throw new InvalidValueException(
          "prefix", "is " + prefix + ", which no rule bans: an address of the Internet is right");
    }
    Bounds.number("seconds", seconds, 1, LONGEST);
  }

  /** Of what one subscriber has who comes from there: the address, or of IPv6 its first one. */
  public static Lease of(InetAddress network, int seconds) {
    return new Lease(new Prefix(network, length(network)), seconds);
  }

  private static int length(InetAddress address) {
    return address instanceof Inet4Address ? IPV4 : IPV6;
  }

  /** Whether a rule may ban this. */
  public static boolean isOne(Prefix prefix) {
    return prefix.length() == length(prefix.address()) && !isExempt(prefix.address());
  }

  /**
   * Whether no rule bans an address: those of this machine and of private networks, also of a
   * carrier's within (RFC 6598); those that IPv4 has in IPv6 by the prefixes that are the same
   * everywhere (64:ff9b::/96, RFC 6052, and 64:ff9b:1::/48, RFC 8215: a /64 of them has many), not
   * by those that an operator has for itself, which nobody can know; and Teredo's (RFC 4380), where
   * a server's clients share a /64. Who comes from there came through something that many come
   * through, as a container's own network.
   */
  public static boolean isExempt(InetAddress address) {
    byte[] bytes = address.getAddress();
    int first = Byte.toUnsignedInt(bytes[0]);
    int second = Byte.toUnsignedInt(bytes[1]);
    boolean special =
        bytes.length == 4
            ? first == 0 || first >= 240 || (first == 100 && (second & 0xc0) == 64)
            : (first & 0xfe) == 0xfc
                || (first == 0x20 && second == 1 && bytes[2] == 0 && bytes[3] == 0)
                || (first == 0
                    && second == 0x64
                    && bytes[2] == (byte) 0xff
                    && bytes[3] == (byte) 0x9b);
    return special
        || address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress();
  }

  /** Checks a message's list of them. */
  static List<Lease> checked(String field, List<Lease> leases, int most) {
    Bounds.number(field + "'s count", leases.size(), 0, most);
    Set<Prefix> seen = new HashSet<>();
    for (Lease each : leases) {
      if (!seen.add(each.prefix)) {
        throw new InvalidValueException(
            field + "." + each.prefix, "is there twice: once would be right");
      }
    }
    return List.copyOf(leases);
  }
}
