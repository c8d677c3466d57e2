package io.doppelfleet.launcher;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.launcher.oddity.ListenProbe;
import io.doppelfleet.proxy.listen.Entrance;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which addresses to listen on. */
final class Listeners {
  private static final HostPort USUAL = new HostPort("0.0.0.0", 443);
  private static final HostPort SPARE = new HostPort("0.0.0.0", 8443);

  private Listeners() {}

  /**
   * The configured addresses, else port 443, else 8443.
   *
   * @param oddities gets a sentence where it is 8443
   * @throws StartException with a line for each address that can't be had
   */
  static List<Entrance> choose(List<Entrance> configured, List<String> oddities)
      throws StartException {
    if (configured.isEmpty()) {
      return List.of(Entrance.open(usualOrSpare(oddities)));
    }
    List<String> refusals =
        configured.stream()
            .map(Entrance::address)
            .map(Listeners::refusal)
            .flatMap(Optional::stream)
            .toList();
    if (!refusals.isEmpty()) {
      throw new StartException(String.join("\n", refusals));
    }
    return configured.stream().map(entrance -> entrance.at(withPort(entrance.address()))).toList();
  }

  private static Optional<String> refusal(HostPort address) {
    return ListenProbe.refusal(address, "proxy.listen");
  }

  /** Port 0 is any that is free, but the same for all event loops. */
  private static HostPort withPort(HostPort address) {
    return address.port() == 0 ? ListenProbe.free(address.host()) : address;
  }

  private static HostPort usualOrSpare(List<String> oddities) throws StartException {
    Optional<String> usual = refusal(USUAL);
    if (usual.isEmpty()) {
      return USUAL;
    }
    Optional<String> spare = refusal(SPARE);
    if (spare.isPresent()) {
      throw new StartException(usual.get() + "\n" + spare.get());
    }
    oddities.add("port 8443 instead of 443, which a censor finds odd: " + usual.get());
    return SPARE;
  }

  /** A sentence where strangers may read the metrics; null: nobody may. */
  static void warnIfPublic(@Nullable HostPort address, List<String> oddities) {
    if (address == null) {
      return;
    }
    try {
      if (InetAddress.ofLiteral(address.host()).isLoopbackAddress()) {
        return;
      }
    } catch (IllegalArgumentException name) {
      if (address.host().equals("localhost")) {
        return;
      }
    }
    oddities.add(
        "metrics on "
            + address
            + " tell everybody who reaches it what this machine is; 127.0.0.1"
            + " is safe");
  }

  /** Whether this stands for all addresses of the machine. */
  static boolean isWildcard(String host) {
    try {
      return InetAddress.ofLiteral(host).isAnyLocalAddress();
    } catch (IllegalArgumentException name) {
      return false;
    }
  }
}
