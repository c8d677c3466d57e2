package io.doppelfleet.proxy.greeting;

import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.proxy.hello.ClientHello;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The keys of one state's secrets by the host name that their clients ask for. Immutable. */
final class SecretIndex {
  private final Map<String, List<LiveSecret>> byHost = new HashMap<>();
  private final Map<String, List<LiveSecret>> byName = new HashMap<>();

  /** Keeps the objects of keys that the last index had too. */
  SecretIndex(FleetState state, Map<String, List<LiveSecret>> last) {
    for (FleetSecret secret : state.secrets()) {
      List<LiveSecret> known = last.getOrDefault(secret.name(), List.of());
      List<LiveSecret> live =
          secret.keys().stream()
              .map(key -> live(new NamedSecret(secret.name(), key.secret()), known))
              .toList();
      byName.put(secret.name(), live);
      byHost.computeIfAbsent(secret.host(), host -> new ArrayList<>()).addAll(live);
    }
  }

  private static LiveSecret live(NamedSecret named, List<LiveSecret> known) {
    for (LiveSecret each : known) {
      if (each.named().equals(named)) {
        return each;
      }
    }
    return new LiveSecret(named);
  }

  Map<String, List<LiveSecret>> byName() {
    return byName;
  }

  /** Those of the host name that a hello asks for. */
  List<LiveSecret> of(ClientHello hello) {
    String host = hello.serverName();
    return host == null ? List.of() : byHost.getOrDefault(host, List.of());
  }

  boolean has(LiveSecret secret) {
    for (LiveSecret each : byName.getOrDefault(secret.name(), List.of())) {
      if (each == secret) {
        return true;
      }
    }
    return false;
  }

  /** Whether there is one of this name and key. */
  boolean serves(NamedSecret secret) {
    for (LiveSecret each : byName.getOrDefault(secret.name(), List.of())) {
      if (each.named().secret().hasKeyOf(secret.secret())) {
        return true;
      }
    }
    return false;
  }
}
