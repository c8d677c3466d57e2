package io.doppelfleet.launcher.oddity;

import io.doppelfleet.fleet.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;

/**
 * Tries an address before the node takes it. The node's own listeners share their port
 * (SO_REUSEPORT), so a second node of the same user would get half of the first one's clients
 * instead of an error.
 */
public final class ListenProbe {
  private ListenProbe() {}

  /** Why this address can't be listened on, with what to do about it. */
  public static Optional<String> refusal(HostPort address) {
    InetSocketAddress place = new InetSocketAddress(address.host(), address.port());
    if (place.isUnresolved()) {
      return Optional.of(
          address + " can't be listened on: " + address.host() + " has no address on this machine");
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(place);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          address + " can't be listened on: " + remedy(address, String.valueOf(e.getMessage())));
    }
  }

  private static String remedy(HostPort address, String reason) {
    if (reason.contains("in use")) {
      return "the port is in use; \"ss -ltnp sport = :"
          + address.port()
          + "\" says by whom; stop that, or set proxy.listen to another port";
    }
    if (reason.contains("ermission")) {
      return "ports below 1024 need a right: run as root, give AmbientCapabilities="
          + "CAP_NET_BIND_SERVICE in systemd, sysctl net.ipv4.ip_unprivileged_port_start="
          + address.port()
          + ", or set proxy.listen to a port from 1024 on";
    }
    if (reason.contains("assign")) {
      return "this machine doesn't have that address; \"ip address\" lists what it has";
    }
    return reason;
  }
}
