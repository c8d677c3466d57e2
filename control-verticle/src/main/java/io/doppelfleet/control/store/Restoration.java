package io.doppelfleet.control.store;

import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.Secret;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * How an earlier state comes back: all of it but the keys. A secret that is still there keeps its
 * present keys; one that is not gets a new key, of a generation that it never had.
 */
final class Restoration {
  private final Map<String, FleetSecret> present = new HashMap<>();
  private final long revision;
  private final Map<String, Integer> highest;
  private final RandomGenerator random;

  /**
   * In place of a state.
   *
   * @param highest the highest generation that a secret of the name ever had
   * @param random must be unpredictable
   */
  Restoration(FleetState present, Map<String, Integer> highest, RandomGenerator random) {
    present.secrets().forEach(secret -> this.present.put(secret.name(), secret));
    this.revision = present.revision() + 1;
    this.highest = highest;
    this.random = random;
  }

  /** The state that comes next. */
  FleetState of(FleetState past) {
    return FleetState.of(revision, past.entities().map(this::restored).toList());
  }

  private Entity restored(Entity past) {
    return past instanceof FleetSecret secret
        ? new FleetSecret(secret.name(), keys(secret), secret.limits(), secret.labels())
        : past;
  }

  private List<KeyGeneration> keys(FleetSecret past) {
    FleetSecret secret = present.get(past.name());
    if (secret == null) {
      byte[] key = new byte[Secret.KEY_LENGTH];
      random.nextBytes(key);
      int generation = Math.addExact(highest.getOrDefault(past.name(), 0), 1);
      // Valid on every node, whose clock may be behind.
      return List.of(
          new KeyGeneration(generation, Secret.of(key, past.host()), Instant.EPOCH, null));
    }
    return secret.keys().stream()
        .map(
            key ->
                new KeyGeneration(
                    key.generation(),
                    Secret.of(key.secret().key(), past.host()),
                    key.from(),
                    key.until()))
        .toList();
  }
}
