package io.doppelfleet.proxy.greeting;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.proxy.hello.ClientHello;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The secrets of one state by the host name that their clients ask for. Immutable. */
final class SecretIndex {
  private final Map<String, List<LiveSecret>> byHost = new HashMap<>();
  private final Map<String, LiveSecret> byName = new HashMap<>();

  /** Keeps the objects of secrets that the last index had too. */
  SecretIndex(FleetState state, Map<String, LiveSecret> last) {
    for (NamedSecret named : state.secrets()) {
      LiveSecret known = last.get(named.name());
      LiveSecret live =
          known != null && known.named().equals(named) ? known : new LiveSecret(named);
      byName.put(named.name(), live);
      byHost.computeIfAbsent(named.secret().host(), host -> new ArrayList<>()).add(live);
    }
  }

  Map<String, LiveSecret> byName() {
    return byName;
  }

  /** Those of the host name that a hello asks for. */
  List<LiveSecret> of(ClientHello hello) {
    String host = hello.serverName();
    return host == null ? List.of() : byHost.getOrDefault(host, List.of());
  }

  boolean has(LiveSecret secret) {
    return byName.get(secret.name()) == secret;
  }

  /** Whether there is one of this name and key. */
  boolean serves(NamedSecret secret) {
    LiveSecret live = byName.get(secret.name());
    return live != null && live.named().secret().hasKeyOf(secret.secret());
  }
}
