package io.doppelfleet.fleet;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What every node of the fleet is to run: one immutable, versioned value. The data plane takes its
 * secrets from nothing else; the configuration of a lone node makes one.
 *
 * @param revision grows with every change, from 1
 * @param secrets in the operator's order, each name once, each key once
 */
public record FleetState(long revision, List<NamedSecret> secrets) {

  /** Copies the list and checks that names and keys are unique. */
  public FleetState {
    if (revision < 1) {
      throw new IllegalArgumentException("revision " + revision + " is less than 1");
    }
    secrets = List.copyOf(secrets);
    Set<String> names = new HashSet<>();
    Map<ByteBuffer, String> keys = new HashMap<>();
    for (NamedSecret secret : secrets) {
      if (!names.add(secret.name())) {
        throw new IllegalArgumentException("two secrets are named \"" + secret.name() + "\"");
      }
      // A hello is told apart by its key alone, so one key under two hosts would be one user.
      String other = keys.putIfAbsent(ByteBuffer.wrap(secret.secret().key()), secret.name());
      if (other != null) {
        throw new IllegalArgumentException(
            "the secret \"" + secret.name() + "\" has the same key as \"" + other + "\"");
      }
    }
  }
}
