package io.doppelfleet.proxy.greeting;

import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.KeyLanes;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /**
   * Of a state at a time.
   *
   * @param last the index before, null where there is none: what stays keeps its object and its
   *     place, so that only groups in which something has changed are prepared
   */
  SecretIndex(FleetState state, Instant now, @Nullable SecretIndex last) {
    Map<String, Set<LiveSecret>> live = new HashMap<>();
    for (FleetSecret secret : state.secrets()) {
      Instant expiry = state.expiry(secret);
      if (expiry == null || now.isBefore(expiry)) {
        List<LiveSecret> known =
            last == null ? List.of() : last.byName.getOrDefault(secret.name(), List.of());
        List<LiveSecret> keys = live(secret, now, known);
        byName.put(secret.name(), keys);
        live.computeIfAbsent(secret.host(), host -> new LinkedHashSet<>()).addAll(keys);
      }
    }
    live.forEach(
        (host, secrets) -> {
          List<Group> before = last == null ? List.of() : last.groups.getOrDefault(host, List.of());
          List<LiveSecret> placed = placed(secrets, before);
          byHost.put(host, placed);
          groups.put(host, groups(placed, before));
        });
  }

  private static List<LiveSecret> live(FleetSecret secret, Instant now, List<LiveSecret> known) {
    List<LiveSecret> live = new ArrayList<>(secret.keys().size());
    for (KeyGeneration key : secret.keys()) {
      if (key.isValidAt(now)) {
        live.add(live(secret.name(), key.secret(), known));
      }
    }
    return live;
  }

  private static LiveSecret live(String name, Secret key, List<LiveSecret> known) {
    for (LiveSecret each : known) {
      if (each.named().secret().equals(key)) {
        return each;
      }
    }
    return new LiveSecret(new NamedSecret(name, key));
  }

  /** Who was there stays where it was; new ones, and then the last, come where one has gone. */
  private static List<LiveSecret> placed(Set<LiveSecret> secrets, List<Group> before) {
    Set<LiveSecret> left = new LinkedHashSet<>(secrets);
    List<@Nullable LiveSecret> places = new ArrayList<>(secrets.size());
    for (Group group : before) {
      for (LiveSecret each : group.secrets) {
        places.add(left.remove(each) ? each : null);
      }
    }
    Iterator<LiveSecret> more = left.iterator();
    Deque<LiveSecret> placed = new ArrayDeque<>();
    for (LiveSecret each : places) {
      if (each != null) {
        placed.add(each);
      }
    }
    List<LiveSecret> all = new ArrayList<>(secrets.size());
    for (int i = 0; all.size() < secrets.size(); i++) {
      LiveSecret here = i < places.size() ? places.get(i) : null;
      if (here != null) {
        all.add(here);
        placed.removeFirst();
      } else {
        all.add(more.hasNext() ? more.next() : placed.removeLast());
      }
    }
    return all;
  }

  private static List<Group> groups(List<LiveSecret> secrets, List<Group> before) {
    List<Group> groups = new ArrayList<>();
    for (int i = 0; i < secrets.size(); i += KeyLanes.LANES) {
      List<LiveSecret> some = secrets.subList(i, Math.min(i + KeyLanes.LANES, secrets.size()));
      Group last = groups.size() < before.size() ? before.get(groups.size()) : null;
      groups.add(last != null && last.secrets.equals(some) ? last : group(List.copyOf(some)));
    }
    return groups;
  }

  private static Group group(List<LiveSecret> some) {
    boolean pays = some.size() >= LANES_PAY;
    return new Group(some, pays ? new KeyLanes(some.stream().map(LiveSecret::key).toList()) : null);
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
