package io.doppelfleet.bench.measure;

import io.doppelfleet.bench.client.Hellos;
import io.doppelfleet.bench.load.Crowd;
import io.doppelfleet.bench.load.LoadClients;
import io.doppelfleet.fleet.Secret;
import java.time.Duration;
import java.util.function.Function;

/** A node and those who load it. */
record LoadedNode(Node node, Secrets secrets, LoadClients clients) {
  private static final int AT_ONCE = 64;
  private static final Duration AT_MOST = Duration.ofMinutes(2);

  /** Clients whose hellos have a shape. */
  Crowd crowd(Function<Secret, Hellos> shape) {
    return new Crowd(clients, secrets.hellos(shape), AT_ONCE, AT_MOST);
  }
}
