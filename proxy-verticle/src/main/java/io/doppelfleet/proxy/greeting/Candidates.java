package io.doppelfleet.proxy.greeting;

import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloDigest;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The secrets that may have made a hello: those of the host name that it asks for, in the state of
 * when it came.
 *
 * @param hello that somebody sent
 * @param index the state
 * @param recent secrets that are tried before the rest; may be of another state or host name
 */
record Candidates(ClientHello hello, SecretIndex index, Set<LiveSecret> recent) {
  List<LiveSecret> all() {
    return index.of(hello);
  }

  /** Whether this one made it, and is a candidate at all. */
  boolean isOf(LiveSecret secret, HelloDigest digest) {
    return index.has(secret)
        && secret.named().secret().host().equals(hello.serverName())
        && digest.matches(secret.key(), hello);
  }

  Optional<LiveSecret> amongRecent(HelloDigest digest) {
    for (LiveSecret secret : recent) {
      if (isOf(secret, digest)) {
        return Optional.of(secret);
      }
    }
    return Optional.empty();
  }

  /**
   * Tries those that aren't recent.
   *
   * @param first the place among {@link #all} to begin at
   */
  Optional<LiveSecret> amongRest(HelloDigest digest, int first) {
    List<LiveSecret> all = all();
    for (LiveSecret secret : all.subList(first, all.size())) {
      if (!recent.contains(secret) && digest.matches(secret.key(), hello)) {
        return Optional.of(secret);
      }
    }
    return Optional.empty();
  }

  /** Where a search that found this one would have gone on among the rest. */
  int after(LiveSecret found) {
    return recent.contains(found) ? 0 : all().indexOf(found) + 1;
  }
}
