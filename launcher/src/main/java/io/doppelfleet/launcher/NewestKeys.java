package io.doppelfleet.launcher;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import java.util.List;

/** The keys that links show. */
final class NewestKeys {
  private NewestKeys() {}

  /** One of each secret. */
  static List<NamedSecret> of(FleetState state) {
    return state.secrets().stream()
        .map(secret -> new NamedSecret(secret.name(), secret.newest().secret()))
        .toList();
  }
}
