package io.doppelfleet.control.access;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;

/** Whose an address is: of IPv6 somebody has a whole /64 at least, of IPv4 one address. */
public final class Network {
  private static final int V4_BYTES = 4;

  private Network() {}

  /** The same text for all addresses that one somebody has. */
  public static String of(String address) {
    return around(address).getLast();
  }

  /**
   * The networks that an address is in, of which somebody may have many addresses, the widest first
   * and {@link #of} last: /32, /48 and /64 of IPv6, /16, /24 and /32 of IPv4. No two have one text.
   */
  public static List<String> around(String address) {
    byte[] bytes;
    try {
      bytes = InetAddress.ofLiteral(address).getAddress();
    } catch (IllegalArgumentException none) { // a text as good as another
      return List.of(address);
    }
    return bytes.length == V4_BYTES
        ? List.of(hex(bytes, 2), hex(bytes, 3), address)
        : List.of(hex(bytes, 4), hex(bytes, 6), hex(bytes, 8));
  }

  /** The same for what one stranger may have: of IPv6 the /48 that an address is in. */
  public static String ofStranger(String address) {
    List<String> around = around(address);
    return around.size() > 1 && address.contains(":") ? around.get(1) : around.getLast();
  }

  private static String hex(byte[] address, int bytes) {
    return HexFormat.of().formatHex(address, 0, bytes);
  }
}
