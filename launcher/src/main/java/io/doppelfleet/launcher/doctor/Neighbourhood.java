package io.doppelfleet.launcher.doctor;

import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;

/** Where an address is, seen from this machine. */
enum Neighbourhood {
  /** It is one of this machine's. */
  THIS_MACHINE("this machine"),
  /** It is in the network of one of this machine's interfaces. */
  SAME_NETWORK("this machine's network"),
  /** Anywhere else. */
  ELSEWHERE("another network");

  private final String words;

  Neighbourhood(String words) {
    this.words = words;
  }

  /** In words. */
  String words() {
    return words;
  }

  static Neighbourhood of(InetAddress address) {
    try {
      if (address.isLoopbackAddress()
          || address.isAnyLocalAddress()
          || NetworkInterface.getByInetAddress(address) != null) {
        return THIS_MACHINE;
      }
      List<InterfaceAddress> ours =
          NetworkInterface.networkInterfaces()
              .flatMap(each -> each.getInterfaceAddresses().stream())
              .toList();
      for (InterfaceAddress own : ours) {
        if (samePrefix(own.getAddress(), address, own.getNetworkPrefixLength())) {
          return SAME_NETWORK;
        }
      }
    } catch (SocketException e) {
      // Then it can't be told, and most sites are elsewhere.
    }
    return ELSEWHERE;
  }

  static boolean samePrefix(InetAddress one, InetAddress other, int bits) {
    byte[] a = one.getAddress();
    byte[] b = other.getAddress();
    if (a.length != b.length || bits <= 0 || bits > 8 * a.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit & 7);
      if ((a[bit >> 3] & mask) != (b[bit >> 3] & mask)) {
        return false;
      }
    }
    return true;
  }
}
