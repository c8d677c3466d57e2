package io.doppelfleet.launcher.oddity;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether the name of the site that this node serves leads here, as a real site's does. */
public final class SiteName {
  private SiteName() {}

  /**
   * A sentence where it does not. Blocks for the name service.
   *
   * @param publicHost what links say; null for an address of this machine
   */
  public static Optional<String> leadsElsewhere(String host, @Nullable String publicHost) {
    InetAddress[] theirs;
    try {
      theirs = InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      return Optional.of(
          "the site's name "
              + host
              + " has no address: give it this machine's, or nobody believes it");
    }
    if (Arrays.stream(theirs).anyMatch(SiteName::isHere) || isOneOf(theirs, publicHost)) {
      return Optional.empty();
    }
    return Optional.of(
        "the site's name "
            + host
            + " leads to "
            + Arrays.stream(theirs)
                .map(InetAddress::getHostAddress)
                .collect(Collectors.joining(", "))
            + ", not here: give it this machine's public address, and set proxy.public to it where"
            + " the machine is behind address translation");
  }

  private static boolean isOneOf(InetAddress[] theirs, @Nullable String publicHost) {
    if (publicHost == null) {
      return false;
    }
    List<InetAddress> ours = new ArrayList<>();
    try {
      ours.addAll(Arrays.asList(InetAddress.getAllByName(publicHost)));
    } catch (UnknownHostException e) {
      return false;
    }
    return Arrays.stream(theirs).anyMatch(ours::contains);
  }

  private static boolean isHere(InetAddress address) {
    try {
      return NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return false;
    }
  }
}
