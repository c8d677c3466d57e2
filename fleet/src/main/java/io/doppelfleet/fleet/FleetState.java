package io.doppelfleet.fleet;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What every node of the fleet is to run: one immutable, versioned value. The data plane takes its
 * secrets from nothing else; the configuration of a lone node makes one.
 *
 * @param revision grows with every change, from 1
 * @param secrets 100,000 at most, in the operator's order, which says nothing; each name once, each
 *     key once
 * @param bans 20,000 at most; each prefix once
 * @param lists 100 at most, of 200,000 prefixes together; each name once
 * @param settings for the fleet as a whole
 */
public record FleetState(
    long revision,
    List<FleetSecret> secrets,
    List<Ban> bans,
    List<PrefixList> lists,
    Settings settings) {
  /** A node holds each secret's key and name, some 300 bytes. */
  private static final int MOST_SECRETS = 100_000;

  private static final int MOST_BANS = 20_000;
  private static final int MOST_LISTS = 100;
  private static final int MOST_LISTED = 200_000;

  /** Copies the lists and checks that names, prefixes and keys are unique. */
  public FleetState {
    if (revision < 1) {
      throw new InvalidValueException("revision", "is " + revision + ": 1 or more would be right");
    }
    secrets = List.copyOf(secrets);
    bans = List.copyOf(bans);
    lists = List.copyOf(lists);
    Bounds.number("secrets' count", secrets.size(), 0, MOST_SECRETS);
    Bounds.number("bans' count", bans.size(), 0, MOST_BANS);
    Bounds.number("lists' count", lists.size(), 0, MOST_LISTS);
    int listed = lists.stream().mapToInt(list -> list.prefixes().size()).sum();
    Bounds.number("lists' prefixes' count", listed, 0, MOST_LISTED);
    unique("secrets", secrets);
    unique("bans", bans);
    unique("lists", lists);
    uniqueKeys(secrets);
  }

  /** What a lone node runs: these secrets for ever, and nothing else. */
  public FleetState(long revision, List<NamedSecret> secrets) {
    this(
        revision,
        secrets.stream().map(FleetSecret::of).toList(),
        List.of(),
        List.of(),
        Settings.DEFAULTS);
  }

  /**
   * The state that has these parts, in the order of their ids. Its settings are the defaults where
   * none are among them.
   */
  public static FleetState of(long revision, Collection<Entity> entities) {
    List<FleetSecret> secrets = new ArrayList<>();
    List<Ban> bans = new ArrayList<>();
    List<PrefixList> lists = new ArrayList<>();
    Settings settings = Settings.DEFAULTS;
    for (Entity entity : entities) {
      switch (entity) {
        case FleetSecret secret -> secrets.add(secret);
        case Ban ban -> bans.add(ban);
        case PrefixList list -> lists.add(list);
        case Settings all -> settings = all;
      }
    }
    return new FleetState(revision, inOrder(secrets), inOrder(bans), inOrder(lists), settings);
  }

  /** All its parts, by their kinds; those of a kind as they stand here. */
  public Stream<Entity> entities() {
    return Stream.of(secrets, bans, lists, List.of(settings)).flatMap(List::stream);
  }

  /** The same with the parts of each kind in the order of their ids. */
  FleetState ordered() {
    return isInOrder(secrets) && isInOrder(bans) && isInOrder(lists)
        ? this
        : new FleetState(revision, inOrder(secrets), inOrder(bans), inOrder(lists), settings);
  }

  /** The same parts under another number. */
  public FleetState at(long number) {
    return new FleetState(number, secrets, bans, lists, settings);
  }

  /** With this part, in place of the one of the same kind and id if there is one. */
  public FleetState with(Entity entity) {
    return changed(revision, List.of(entity), List.of());
  }

  /** Without the part of this kind and id, if there is one; the settings become the defaults. */
  public FleetState without(Entity.Kind kind, String id) {
    return changed(revision, List.of(), List.of(new EntityId(kind, id)));
  }

  /**
   * The state that comes of this one. What stays are the same objects, in the order of their ids.
   *
   * @param number its revision
   * @param added in place of those of the same kind and id; each once
   * @param gone those that it has no more, unless they are added; settings become the defaults
   */
  public FleetState changed(long number, Collection<Entity> added, Collection<EntityId> gone) {
    Map<Entity.Kind, Set<String>> touched = new EnumMap<>(Entity.Kind.class);
    gone.forEach(each -> touch(touched, each));
    added.forEach(each -> touch(touched, EntityId.of(each)));
    List<FleetSecret> nextSecrets = untouched(secrets, touched);
    List<Ban> nextBans = untouched(bans, touched);
    List<PrefixList> nextLists = untouched(lists, touched);
    Settings nextSettings =
        touched.containsKey(Entity.Kind.SETTINGS) ? Settings.DEFAULTS : settings;
    for (Entity entity : added) {
      switch (entity) {
        case FleetSecret secret -> nextSecrets.add(secret);
        case Ban ban -> nextBans.add(ban);
        case PrefixList list -> nextLists.add(list);
        case Settings all -> nextSettings = all;
      }
    }
    return new FleetState(
        number, inOrder(nextSecrets), inOrder(nextBans), inOrder(nextLists), nextSettings);
  }

  private static void touch(Map<Entity.Kind, Set<String>> touched, EntityId id) {
    touched.computeIfAbsent(id.kind(), kind -> new HashSet<>()).add(id.id());
  }

  private static <E extends Entity> List<E> untouched(
      List<E> all, Map<Entity.Kind, Set<String>> touched) {
    Set<String> ids =
        all.isEmpty() ? Set.of() : touched.getOrDefault(all.getFirst().kind(), Set.of());
    List<E> kept = new ArrayList<>(all.size() + 1);
    for (E each : all) {
      if (ids.isEmpty() || !ids.contains(each.id())) {
        kept.add(each);
      }
    }
    return kept;
  }

  /** What is in order but for a few costs no more than a look at each. */
  private static <E extends Entity> List<E> inOrder(List<E> all) {
    return isInOrder(all) ? all : all.stream().sorted(Comparator.comparing(Entity::id)).toList();
  }

  /** Whether each id comes once, and after those before it. */
  private static boolean isInOrder(List<? extends Entity> all) {
    for (int i = 1; i < all.size(); i++) {
      if (all.get(i - 1).id().compareTo(all.get(i).id()) >= 0) {
        return false;
      }
    }
    return true;
  }

  /** What holds for a secret: of each kind its own limit, else the one for all. */
  public Limits limits(FleetSecret secret) {
    Limits own = secret.limits();
    Limits all = settings.limits();
    return new Limits(
        own.connections() == null ? all.connections() : own.connections(),
        own.addresses() == null ? all.addresses() : own.addresses(),
        own.bytes().isEmpty() ? all.bytes() : own.bytes(),
        own.rate() == null ? all.rate() : own.rate(),
        expiry(secret));
  }

  /** When nobody is served by a secret any more, whatever its keys say; null: never. */
  public @Nullable Instant expiry(FleetSecret secret) {
    Instant own = secret.limits().expiry();
    return own == null ? settings.limits().expiry() : own;
  }

  /** When something in it begins or ends next, after a time; empty: never. */
  public Optional<Instant> nextChange(Instant after) {
    Instant next = null;
    for (FleetSecret secret : secrets) {
      next = sooner(next, nextChange(secret, after).orElse(null), after);
    }
    for (Ban ban : bans) {
      next = sooner(next, ban.expiry(), after);
    }
    return Optional.ofNullable(next);
  }

  /** When one of its secrets or one of that one's keys begins or ends next; empty: never. */
  public Optional<Instant> nextChange(FleetSecret secret, Instant after) {
    Instant next = sooner(null, expiry(secret), after);
    for (KeyGeneration key : secret.keys()) {
      next = sooner(next, key.from(), after);
      next = sooner(next, key.until(), after);
    }
    return Optional.ofNullable(next);
  }

  /** When a key in it ends next, after a time; empty: none does. */
  public Optional<Instant> nextKeyEnd(Instant after) {
    Instant next = null;
    for (FleetSecret secret : secrets) {
      for (KeyGeneration key : secret.keys()) {
        next = sooner(next, key.until(), after);
      }
    }
    return Optional.ofNullable(next);
  }

  private static @Nullable Instant sooner(
      @Nullable Instant next, @Nullable Instant time, Instant after) {
    return time != null && time.isAfter(after) && (next == null || time.isBefore(next))
        ? time
        : next;
  }

  private static void unique(String field, List<? extends Entity> entities) {
    if (isInOrder(entities)) {
      return;
    }
    Set<String> ids = new HashSet<>();
    for (Entity entity : entities) {
      if (!ids.add(entity.id())) {
        throw new InvalidValueException(
            field + "." + entity.id(), "is there twice: once would be right");
      }
    }
  }

  /**
   * Each node does this for each change, of 100,000 keys perhaps: so they are in an open table, of
   * which no entry is an object.
   */
  private static void uniqueKeys(List<FleetSecret> secrets) {
    int count = secrets.stream().mapToInt(secret -> secret.keys().size()).sum();
    Secret[] keys = new Secret[count];
    FleetSecret[] owners = new FleetSecret[count];
    int[] places = new int[Integer.highestOneBit(count + 1) << 2]; // a quarter to a half are taken
    int next = 0;
    for (FleetSecret secret : secrets) {
      for (KeyGeneration key : secret.keys()) {
        keys[next] = key.secret();
        owners[next] = secret;
        int place = key.secret().keyHash() & (places.length - 1);
        while (places[place] != 0) {
          int other = places[place] - 1;
          // A hello is told apart by its key alone, so one key under two hosts would be one user.
          if (keys[other].hasKeyOf(key.secret())) {
            throw new InvalidValueException(
                "secrets." + secret.name() + ".keys",
                "has the same key as \""
                    + owners[other].name()
                    + "\": a key of its own would be right");
          }
          place = (place + 1) & (places.length - 1);
        }
        places[place] = ++next;
      }
    }
  }
}
