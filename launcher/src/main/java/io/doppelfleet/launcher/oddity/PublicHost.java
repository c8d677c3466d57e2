package io.doppelfleet.launcher.oddity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/** The address by which the world probably reaches this machine: that of the default route. */
public final class PublicHost {
  /**
   * Addresses for documentation (RFC 5737, RFC 3849): they have no route but the default one.
   * Connecting a datagram socket only asks the routing table and sends nothing.
   */
  private static final String[] ELSEWHERE = {"192.0.2.1", "2001:db8::1"};

  private PublicHost() {}

  /** Empty on a machine without a default route. */
  public static Optional<String> ofDefaultRoute() {
    for (String elsewhere : ELSEWHERE) {
      try (DatagramSocket socket = new DatagramSocket()) {
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral(elsewhere), 9));
        InetAddress here = socket.getLocalAddress();
        if (!here.isAnyLocalAddress() && !here.isLoopbackAddress()) {
          return Optional.of(here.getHostAddress());
        }
      } catch (IOException | UncheckedIOException e) {
        // No route of this family.
      }
    }
    return Optional.empty();
  }

  /** A sentence where a link with this host can't work from outside. */
  public static Optional<String> unreachable(String host) {
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException name) {
      return Optional.empty();
    }
    boolean uniqueLocal =
        address.getAddress().length == 16 && (address.getAddress()[0] & 0xfe) == 0xfc;
    if (address.isLoopbackAddress()
        || address.isSiteLocalAddress()
        || address.isLinkLocalAddress()
        || uniqueLocal) {
      return Optional.of(
          "the link says "
              + host
              + ", which is a private address: set proxy.public.host to what clients reach");
    }
    return Optional.empty();
  }
}
