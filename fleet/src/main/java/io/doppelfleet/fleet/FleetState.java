package io.doppelfleet.fleet;

import java.util.HashSet;
import java.util.List;
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
    secrets = List.copyOf(secrets);
    Set<String> names = new HashSet<>();
    Set<Secret> keys = new HashSet<>();
    for (NamedSecret secret : secrets) {
      if (!names.add(secret.name())) {
        throw new IllegalArgumentException("two secrets are named \"" + secret.name() + "\"");
      }
      if (!keys.add(secret.secret())) {
        throw new IllegalArgumentException(
            "the secret \"" + secret.name() + "\" is the same as another one");
      }
    }
  }
}
