package io.doppelfleet.launcher.oddity;

import io.doppelfleet.fleet.HostPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;

/**
 * Tries an address before the node takes it, so that its refusal comes with what to do about it.
 */
public final class ListenProbe {
  private ListenProbe() {}

  /**
   * Why this address can't be listened on, with what to do about it.
   *
   * @param key that of the configuration which says the address
   */
  public static Optional<String> refusal(HostPort address, String key) {
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
          address
              + " can't be listened on: "
              + remedy(address, key, String.valueOf(e.getMessage())));
    }
  }

  /** The address with a port that nobody listens on, for an address that was not refused. */
  public static HostPort free(String host) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(host, 0));
      return new HostPort(host, socket.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException("no port of " + host + " is free", e);
    }
  }

  private static String remedy(HostPort address, String key, String reason) {
    if (reason.contains("in use")) {
      return "the port is in use; \"ss -ltnp sport = :"
          + address.port()
          + "\" says by whom; stop that, or set "
          + key
          + " to another port";
    }
    if (reason.contains("ermission")) {
      return "ports below 1024 need a right: run as root, give AmbientCapabilities="
          + "CAP_NET_BIND_SERVICE in systemd, sysctl net.ipv4.ip_unprivileged_port_start="
          + address.port()
          + ", or set "
          + key
          + " to a port from 1024 on";
    }
    if (reason.contains("assign")) {
      return "this machine doesn't have that address; \"ip address\" lists what it has";
    }
    return reason;
  }
}
