package io.doppelfleet.proxy.greeting;

import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.KeyLanes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one state's secrets that are valid at one time, by the host name that their clients
 * ask for. Immutable.
 */
final class SecretIndex {
  /** Fewer secrets are tried one by one: side by side they take as long as a whole group. */
  private static final int LANES_PAY = KeyLanes.LANES / 2;

  private final Map<String, List<LiveSecret>> byHost = new HashMap<>();
  private final Map<String, List<Group>> groups = new HashMap<>();
  private final Map<String, List<LiveSecret>> byName = new HashMap<>();

  /**
   * Secrets of one host name that are tried together.
   *
   * @param secrets {@link KeyLanes#LANES} at most
   * @param lanes of their keys, null where one by one is as fast
   */
  record Group(List<LiveSecret> secrets, @Nullable KeyLanes lanes) {}

  /** Keeps the objects of keys that the last index had too. */
  SecretIndex(FleetState state, Instant now, Map<String, List<LiveSecret>> last) {
    for (FleetSecret secret : state.secrets()) {
      Instant expiry = state.expiry(secret);
      if (expiry != null && !now.isBefore(expiry)) {
        continue;
      }
      List<LiveSecret> known = last.getOrDefault(secret.name(), List.of());
      List<LiveSecret> live =
          secret.keys().stream()
              .filter(key -> key.isValidAt(now))
              .map(key -> live(new NamedSecret(secret.name(), key.secret()), known))
              .toList();
      byName.put(secret.name(), live);
      byHost.computeIfAbsent(secret.host(), host -> new ArrayList<>()).addAll(live);
    }
    byHost.forEach((host, secrets) -> groups.put(host, groups(secrets)));
  }

  private static List<Group> groups(List<LiveSecret> secrets) {
    List<Group> groups = new ArrayList<>();
    for (int i = 0; i < secrets.size(); i += KeyLanes.LANES) {
      List<LiveSecret> some = secrets.subList(i, Math.min(i + KeyLanes.LANES, secrets.size()));
      boolean pays = some.size() >= LANES_PAY;
      groups.add(
          new Group(some, pays ? new KeyLanes(some.stream().map(LiveSecret::key).toList()) : null));
    }
    return groups;
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
    return of(hello, byHost);
  }

  /** The same in groups, all of which but the last are full. */
  List<Group> groups(ClientHello hello) {
    return of(hello, groups);
  }

  private static <T> List<T> of(ClientHello hello, Map<String, List<T>> map) {
    String host = hello.serverName();
    return host == null ? List.of() : map.getOrDefault(host, List.of());
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
