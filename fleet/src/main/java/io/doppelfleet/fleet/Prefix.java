package io.doppelfleet.fleet;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of IP addresses, as {@code 192.0.2.0/24} or {@code 2001:db8::/32}.
 *
 * @param address its first address: no bit is set beyond the length
 * @param length how many bits of an address count, 0..32 or 0..128
 */
public record Prefix(InetAddress address, int length) {
  /** All four numbers of an IPv4 address: the JDK would read 10.1 as 10.0.0.1. */
  private static final Pattern FORM =
      Pattern.compile(
          "([0-9]{1,3}(?:[.][0-9]{1,3}){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*)(?:/([0-9]{1,3}))?");

  private static final Pattern ZEROS = Pattern.compile("(?:^|:)(0(?::0)+)(?::|$)");

  /** Checks the length and the bits. */
  public Prefix {
    byte[] bytes = address.getAddress();
    Bounds.number("length", length, 0, bytes.length * 8L);
    if (!address.equals(first(bytes, length))) {
      throw new InvalidValueException(
          "address",
          "is "
              + text(address)
              + ", which has bits beyond /"
              + length
              + ": "
              + text(first(bytes, length))
              + " would be right");
    }
  }

  /**
   * Reads what {@link #toString} writes, and an address alone as a range of one.
   *
   * @throws InvalidValueException that says what would be right, with the path "prefix"
   */
  public static Prefix parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (parts.matches()) {
      try {
        InetAddress address = InetAddress.ofLiteral(parts.group(1));
        int bits = address.getAddress().length * 8;
        int length = parts.group(2) == null ? bits : Integer.parseInt(parts.group(2));
        return new Prefix(address, length);
      } catch (InvalidValueException e) {
        throw new InvalidValueException(
            "prefix", "is " + Bounds.quoted(text) + ": its " + e.getMessage());
      } catch (IllegalArgumentException e) {
        // No address: said below.
      }
    }
    throw new InvalidValueException(
        "prefix",
        "is "
            + Bounds.quoted(text)
            + ": a range like 192.0.2.0/24 or 2001:db8::/32 would be right");
  }

  /** The range of this length that an address is in. */
  public static Prefix containing(InetAddress address, int length) {
    return new Prefix(first(address.getAddress(), length), length);
  }

  private static InetAddress first(byte[] bytes, int length) {
    byte[] first = bytes.clone();
    for (int i = 0; i < first.length; i++) {
      int kept = Math.clamp(length - 8L * i, 0, 8);
      first[i] &= (byte) (0xff00 >> kept);
    }
    try {
      return InetAddress.getByAddress(first);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // 4 or 16 bytes are always an address
    }
  }

  /** The form of RFC 5952. */
  private static String text(InetAddress address) {
    if (address instanceof Inet4Address) {
      return address.getHostAddress();
    }
    byte[] bytes = address.getAddress();
    StringBuilder groups = new StringBuilder();
    for (int i = 0; i < bytes.length; i += 2) {
      int group = Byte.toUnsignedInt(bytes[i]) << 8 | Byte.toUnsignedInt(bytes[i + 1]);
      groups.append(i == 0 ? "" : ":").append(Integer.toHexString(group));
    }
    Optional<MatchResult> longest =
        ZEROS
            .matcher(groups)
            .results()
            .reduce((one, next) -> next.group(1).length() > one.group(1).length() ? next : one);
    longest.ifPresent(zeros -> groups.replace(zeros.start(), zeros.end(), "::"));
    return groups.toString();
  }

  /** The one form that {@link #parse} reads back as an equal range. */
  @Override
  public String toString() {
    return text(address) + "/" + length;
  }
}
