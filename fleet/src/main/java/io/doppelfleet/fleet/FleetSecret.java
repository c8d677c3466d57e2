package io.doppelfleet.fleet;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A secret as the fleet keeps it: what the operator calls it, its keys, and what it allows.
 *
 * @param name 1..64 of {@code a-z A-Z 0-9 . _ -}, beginning with a letter or digit
 * @param keys 1..16, of ascending generations, all with the same host name and no two alike
 * @param limits for all its keys together
 * @param labels 16 at most; no node has labels yet, so a secret runs on all nodes whatever it has
 */
public record FleetSecret(String name, List<KeyGeneration> keys, Limits limits, Set<String> labels)
    implements Entity {
  /** Keys of one secret. */
  public static final int MOST_KEYS = 16;

  private static final int MOST_LABELS = 16;

  /** Copies the collections and checks them. */
  public FleetSecret {
    Bounds.name("name", name);
    keys = List.copyOf(keys);
    Bounds.number("keys' count", keys.size(), 1, MOST_KEYS);
    Set<Secret> seen = new HashSet<>();
    int last = 0;
    for (KeyGeneration key : keys) {
      if (key.generation() <= last) {
        throw new InvalidValueException(
            "keys",
            "has generation "
                + key.generation()
                + " after "
                + last
                + ": ascending ones would be right");
      }
      last = key.generation();
      if (!key.secret().host().equals(keys.getFirst().secret().host())) {
        throw new InvalidValueException(
            "keys",
            "has the host names "
                + keys.getFirst().secret().host()
                + " and "
                + key.secret().host()
                + ": one would be right");
      }
      if (!seen.add(key.secret())) {
        throw new InvalidValueException(
            "keys",
            "has one key in two generations, " + last + " is the second: a new key would be right");
      }
    }
    labels = Set.copyOf(labels);
    Bounds.number("labels' count", labels.size(), 0, MOST_LABELS);
    labels.forEach(label -> Bounds.name("labels", label));
  }

  /** One that has a key for ever, and no limits. */
  static FleetSecret of(NamedSecret named) {
    KeyGeneration only = new KeyGeneration(1, named.secret(), Instant.EPOCH, null);
    return new FleetSecret(named.name(), List.of(only), Limits.NONE, Set.of());
  }

  @Override
  public Kind kind() {
    return Kind.SECRET;
  }

  @Override
  public String id() {
    return name;
  }

  /** The host name of the cover site that its clients ask for. */
  public String host() {
    return keys.getFirst().secret().host();
  }

  /** The newest key, which links show. */
  public KeyGeneration newest() {
    return keys.getLast();
  }
}
