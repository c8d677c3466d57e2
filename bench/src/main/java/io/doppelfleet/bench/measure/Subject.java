package io.doppelfleet.bench.measure;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.load.Crowd;
import io.doppelfleet.standin.load.LoadClients;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What is measured: a process that takes load connections.
 *
 * @param name in the results
 * @param address on the IPv4 loopback
 * @param costs of the process
 * @param secrets of its clients, none where it relays the bare stream
 * @param foreign whether it is somebody else's proxy, whose faults end nothing here
 */
record Subject(
    String name, InetSocketAddress address, ProcessCosts costs, Secrets secrets, boolean foreign) {
  static final int AT_ONCE = 64;
  private static final Duration AT_MOST = Duration.ofMinutes(2);

  static Subject of(Node node) {
    return new Subject(Results.NODE, node.address(), node.costs(), node.secrets(), false);
  }

  /** Event loops for its clients, to be closed by the caller. */
  LoadClients clients() {
    return new LoadClients(address, Node.DATACENTER, 1);
  }

  /** Clients whose hellos are TDLib's. */
  Crowd crowd(LoadClients clients) {
    return crowd(clients, Hellos::hybrid);
  }

  /** Clients whose hellos have a shape. */
  Crowd crowd(LoadClients clients, Function<Secret, Hellos> shape) {
    if (secrets.all().isEmpty()) {
      return new Crowd(talk -> clients.open(null, talk), AT_ONCE, AT_MOST);
    }
    Supplier<ClientHello> hellos = secrets.hellos(shape);
    return new Crowd(talk -> clients.open(hellos.get(), talk), AT_ONCE, AT_MOST);
  }
}
