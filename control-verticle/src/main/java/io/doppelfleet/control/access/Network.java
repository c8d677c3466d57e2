package io.doppelfleet.control.access;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/** Whose an address is: of IPv6 somebody has a whole /64, of IPv4 one address. */
public final class Network {
  private Network() {}

  /** The same text for all addresses that one somebody has. */
  public static String of(String address) {
    try {
      if (InetAddress.ofLiteral(address) instanceof Inet6Address v6) {
        return HexFormat.of().formatHex(Arrays.copyOf(v6.getAddress(), 8));
      }
    } catch (IllegalArgumentException none) { // a text as good as another
      return address;
    }
    return address;
  }
}
