package io.doppelfleet.control.store;

import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.StateDiff;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What one state may become: a key that is gone or has ended never comes back, and a generation
 * never has another key nor a number that was used before, or one that leaves none for later.
 */
final class Succession {
  /** Steps of this size leave a secret two million, whatever numbers another tool gives. */
  private static final int LONGEST_STEP = 1000;

  private Succession() {}

  /** A key that a state has and the last one had not. */
  record NewKey(String secret, KeyGeneration key) {}

  /** The names of the secrets that the changes leave or make. */
  static List<String> names(StateDiff diff) {
    return diff.changes().stream()
        .filter(change -> change.after() instanceof FleetSecret)
        .map(StateDiff.Change::id)
        .toList();
  }

  /**
   * The keys that the changes bring.
   *
   * @param highest the highest generation that a secret of the name ever had; missing: it is new
   * @param now when they are made
   * @throws InvalidValueException where one of them may not come
   */
  static List<NewKey> newKeys(StateDiff diff, Map<String, Integer> highest, Instant now) {
    List<NewKey> all = new ArrayList<>();
    for (StateDiff.Change change : diff.changes()) {
      if (change.after() instanceof FleetSecret after) {
        List<KeyGeneration> before =
            change.before() instanceof FleetSecret secret ? secret.keys() : List.of();
        for (KeyGeneration key : after.keys()) {
          if (isNew(after.name(), key, before, highest.getOrDefault(after.name(), 0), now)) {
            all.add(new NewKey(after.name(), key));
          }
        }
      }
    }
    return all;
  }

  private static boolean isNew(
      String name, KeyGeneration key, List<KeyGeneration> before, int highest, Instant now) {
    String path = "secrets." + name + ".keys." + key.generation();
    for (KeyGeneration old : before) {
      if (old.generation() == key.generation()) {
        if (!old.secret().hasKeyOf(key.secret())) {
          throw new InvalidValueException(
              path,
              "has another key than before: a new generation, "
                  + (highest + 1L)
                  + ", would be right");
        }
        checkEnded(path, old, key, now);
        return false;
      }
    }
    if (key.generation() <= highest) {
      throw new InvalidValueException(
          path,
          "is a generation that was used before: " + (highest + 1L) + " or higher would be right");
    }
    if (key.generation() - highest > LONGEST_STEP) {
      throw new InvalidValueException(
          path,
          "is a generation far above the last: "
              + (highest + 1L)
              + " to "
              + ((long) highest + LONGEST_STEP)
              + " would be right");
    }
    return true;
  }

  private static void checkEnded(String path, KeyGeneration old, KeyGeneration key, Instant now) {
    Instant end = old.until();
    if (end != null && !end.isAfter(now) && (key.until() == null || key.until().isAfter(end))) {
      throw new InvalidValueException(
          path, "ended at " + end + " and can't be valid again: a new key would be right");
    }
  }
}
