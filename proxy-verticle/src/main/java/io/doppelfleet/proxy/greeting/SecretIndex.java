package io.doppelfleet.proxy.greeting;

import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.KeyLanes;
import java.time.Instant;
import java.util.ArrayList;
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

  private final FleetState state;
  private final Instant at;

  /** When another secret or key begins or ends than now, at the earliest; null: never. */
  private final @Nullable Instant until;

  private final Map<String, List<LiveSecret>> byName;
  private final Map<String, List<LiveSecret>> byHost;
  private final Map<String, List<Group>> groups;

  /**
   * Secrets of one host name that are tried together.
   *
   * @param secrets {@link KeyLanes#LANES} at most
   * @param lanes of their keys, null where one by one is as fast
   */
  record Group(List<LiveSecret> secrets, @Nullable KeyLanes lanes) {}

  /** What one host name's clients may use no more, and what they may from now on. */
  private record Change(Set<LiveSecret> gone, Set<LiveSecret> more) {
    Change() {
      this(new LinkedHashSet<>(), new LinkedHashSet<>());
    }
  }

  private SecretIndex(
      FleetState state,
      Instant at,
      @Nullable Instant until,
      Map<String, List<LiveSecret>> byName,
      SecretIndex last,
      Map<String, Change> changes) {
    this.state = state;
    this.at = at;
    this.until = until;
    this.byName = byName;
    this.byHost = new HashMap<>(last.byHost);
    this.groups = new HashMap<>(last.groups);
    changes.forEach(
        (host, change) -> {
          List<LiveSecret> placed = placed(byHost.getOrDefault(host, List.of()), change);
          groups.put(host, groups(placed, groups.getOrDefault(host, List.of())));
          byHost.put(host, placed);
        });
    byHost.values().removeIf(List::isEmpty);
    groups.values().removeIf(List::isEmpty);
  }

  /** Of no secret. */
  private SecretIndex() {
    this.state = new FleetState(1, List.of());
    this.at = Instant.MIN;
    this.until = null;
    this.byName = Map.of();
    this.byHost = Map.of();
    this.groups = Map.of();
  }

  /**
   * Of a state at a time. What stays keeps its object and its place, so that only groups in which
   * something has changed are prepared; and where the state has secrets of the one before, the same
   * objects, nothing is asked of them.
   *
   * @param last the index before, null where there is none
   */
  static SecretIndex of(FleetState state, Instant now, @Nullable SecretIndex last) {
    SecretIndex before = last == null ? new SecretIndex() : last;
    boolean hold = before.holdAt(now) && before.state.settings().equals(state.settings());
    List<FleetSecret> gone = new ArrayList<>();
    List<FleetSecret> more = new ArrayList<>();
    if (hold) {
      compare(before.state.secrets(), state.secrets(), gone, more);
    } else {
      gone.addAll(before.state.secrets());
      more.addAll(state.secrets());
    }
    Map<String, Change> changes = new HashMap<>();
    Map<String, List<LiveSecret>> byName = new HashMap<>(before.byName);
    for (FleetSecret secret : gone) {
      change(changes, secret).gone.addAll(before.live(secret.name()));
      byName.remove(secret.name());
    }
    Instant until = hold ? before.until : null;
    for (FleetSecret secret : more) {
      Instant expiry = state.expiry(secret);
      if (expiry == null || now.isBefore(expiry)) {
        List<LiveSecret> keys = live(secret, now, before.live(secret.name()));
        byName.put(secret.name(), keys);
        for (LiveSecret key : keys) {
          Change change = change(changes, secret);
          if (!change.gone.remove(key)) {
            change.more.add(key);
          }
        }
      }
      Instant next = state.nextChange(secret, now).orElse(null);
      until = until == null || (next != null && next.isBefore(until)) ? next : until;
    }
    changes.values().removeIf(change -> change.gone.isEmpty() && change.more.isEmpty());
    return new SecretIndex(state, now, until, byName, before, changes);
  }

  /** Whether what was live still is, and nothing else. */
  private boolean holdAt(Instant now) {
    return !now.isBefore(at) && (until == null || now.isBefore(until));
  }

  /** What one state has and the other has not: both are in the order of their names, as a rule. */
  private static void compare(
      List<FleetSecret> before,
      List<FleetSecret> after,
      List<FleetSecret> gone,
      List<FleetSecret> more) {
    int i = 0;
    for (FleetSecret secret : after) {
      while (i < before.size() && before.get(i).name().compareTo(secret.name()) < 0) {
        gone.add(before.get(i++));
      }
      if (i < before.size() && before.get(i).equals(secret)) {
        i++;
      } else {
        more.add(secret);
      }
    }
    gone.addAll(before.subList(i, before.size()));
  }

  private static Change change(Map<String, Change> changes, FleetSecret secret) {
    return changes.computeIfAbsent(secret.host(), host -> new Change());
  }

  private List<LiveSecret> live(String name) {
    return byName.getOrDefault(name, List.of());
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
  private static List<LiveSecret> placed(List<LiveSecret> before, Change change) {
    List<LiveSecret> all = new ArrayList<>(before);
    Iterator<LiveSecret> more = change.more.iterator();
    for (int i = 0; i < all.size() && !change.gone.isEmpty(); i++) {
      if (change.gone.contains(all.get(i))) {
        if (more.hasNext()) {
          all.set(i, more.next());
          continue;
        }
        while (all.size() > i + 1 && change.gone.contains(all.getLast())) {
          all.removeLast();
        }
        LiveSecret last = all.removeLast();
        if (i < all.size()) {
          all.set(i, last);
        }
      }
    }
    more.forEachRemaining(all::add);
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
