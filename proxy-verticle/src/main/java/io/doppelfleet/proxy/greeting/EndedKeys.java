package io.doppelfleet.proxy.greeting;

import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keys of a state that have ended a short time ago: who came by them may finish. Immutable. */
final class EndedKeys {
  private final Map<String, List<Secret>> byName = new HashMap<>();

  /**
   * Of a state at a time.
   *
   * @param grace how long after a key's end its clients may finish, unless the secret has expired
   */
  EndedKeys(FleetState state, Instant now, Duration grace) {
    for (FleetSecret secret : state.secrets()) {
      for (KeyGeneration key : secret.keys()) {
        Instant end = key.until();
        if (end != null && !now.isBefore(end) && now.isBefore(end.plus(grace))) {
          Instant expiry = state.expiry(secret);
          if (expiry == null || now.isBefore(expiry)) {
            byName.computeIfAbsent(secret.name(), name -> new ArrayList<>()).add(key.secret());
          }
        }
      }
    }
  }

  /** Whether there is one of this name and key. */
  boolean have(NamedSecret secret) {
    for (Secret each : byName.getOrDefault(secret.name(), List.of())) {
      if (each.hasKeyOf(secret.secret())) {
        return true;
      }
    }
    return false;
  }
}
