package io.doppelfleet.proxy.greeting;

import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.KeyLanes;
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
  boolean isOf(LiveSecret secret, Trials trials) {
    return index.has(secret)
        && secret.named().secret().host().equals(hello.serverName())
        && trials.match(secret, hello);
  }

  Optional<LiveSecret> amongRecent(Trials trials) {
    for (LiveSecret secret : recent) {
      if (isOf(secret, trials)) {
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
  Optional<LiveSecret> amongRest(Trials trials, int first) {
    List<SecretIndex.Group> groups = index.groups(hello);
    for (int i = first / KeyLanes.LANES; i < groups.size(); i++) {
      int begin = Math.max(0, first - i * KeyLanes.LANES);
      Optional<LiveSecret> found = trials.among(groups.get(i), begin, recent, hello);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /**
   * Where a search that found this one would have gone on among the rest; a group side by side is
   * done when one of it is found.
   */
  int after(LiveSecret found) {
    int place = all().indexOf(found);
    if (place < 0 || recent.contains(found)) {
      return 0;
    }
    int group = place / KeyLanes.LANES;
    return index.groups(hello).get(group).lanes() == null
        ? place + 1
        : (group + 1) * KeyLanes.LANES;
  }
}
