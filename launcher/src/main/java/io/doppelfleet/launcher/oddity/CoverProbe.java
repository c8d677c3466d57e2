package io.doppelfleet.launcher.oddity;

import io.doppelfleet.fleet.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Meets the cover once, as any visitor would: whether it answers, whether it is this node itself,
 * and what time it has.
 */
public final class CoverProbe {
  /** A clock this far off is wrong, not late: the Date header has a grain of one second. */
  private static final Duration CLOCK_GRACE = Duration.ofSeconds(10);

  private static final Duration STEP = Duration.ofSeconds(3);

  private CoverProbe() {}

  /**
   * Blocks for name service and network, some seconds at the worst.
   *
   * @param serverName what to ask for, as a client's SNI would
   * @param listening where this node takes connections
   * @param first what a connection to the cover begins with
   */
  public static List<String> oddities(
      HostPort cover,
      String serverName,
      List<HostPort> listening,
      byte[] first,
      Clock clock,
      Duration clockTolerance) {
    InetAddress address;
    try {
      address = InetAddress.getByName(cover.host());
    } catch (UnknownHostException e) {
      return List.of(
          "the cover's name " + cover.host() + " has no address: strangers meet a closed door");
    }
    if (listening.stream()
        .anyMatch(ours -> ours.port() == cover.port() && takes(ours.host(), address))) {
      return List.of(
          "the cover " + cover + " is this node itself: set proxy.cover to the site's own address");
    }
    List<String> oddities = new ArrayList<>();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, cover.port()), (int) STEP.toMillis());
      socket.setSoTimeout((int) STEP.toMillis());
      socket.getOutputStream().write(first);
      Optional<Instant> theirs = HttpDate.over(socket, serverName, cover.port());
      theirs
          .flatMap(time -> clockOff(time, clock.instant(), clockTolerance))
          .ifPresent(oddities::add);
    } catch (IOException e) {
      oddities.add(
          "the cover "
              + cover
              + " can't be reached ("
              + e.getMessage()
              + "): strangers meet a closed door");
    }
    return oddities;
  }

  static Optional<String> clockOff(Instant theirs, Instant ours, Duration tolerance) {
    Duration off = Duration.between(theirs, ours);
    if (off.abs().compareTo(CLOCK_GRACE) <= 0) {
      return Optional.empty();
    }
    return Optional.of(
        "this clock is "
            + off.abs().toSeconds()
            + " s "
            + (off.isNegative() ? "behind" : "ahead of")
            + " the cover's: clients are refused from "
            + tolerance.toSeconds()
            + " s on; set it (timedatectl set-ntp true)");
  }

  /** Whether what is sent to the address comes to a listener of this host. */
  private static boolean takes(String host, InetAddress address) {
    try {
      InetAddress bound = InetAddress.getByName(host);
      return bound.isAnyLocalAddress()
          ? address.isLoopbackAddress()
              || address.isAnyLocalAddress()
              || NetworkInterface.getByInetAddress(address) != null
          : bound.equals(address);
    } catch (IOException e) {
      return false;
    }
  }
}
