package io.doppelfleet.control.node;

import io.doppelfleet.fleet.NodeHealth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Connections by keys of secrets that have a newer one, on all nodes that are there together. That
 * none was told is none only where each node has told, since the newer key is there, and all.
 */
public final class OldKeyUse {
  private final Map<String, Long> bySecret = new HashMap<>();

  /** What nodes told of that have more to tell than they may: of others nothing is known. */
  private final List<Set<String>> cut = new ArrayList<>();

  /** The oldest that a node ran when it told; 0: of one it isn't known, or there is none. */
  private long revision;

  private boolean begun;

  OldKeyUse() {}

  /** A node that hasn't told. */
  void addUnknown() {
    add(List.of(), 0);
  }

  /** What a node told when it ran this revision or a later one. */
  void add(List<NodeHealth.OldKeys> told, long ran) {
    revision = begun ? Math.min(revision, ran) : ran;
    begun = true;
    told.forEach(each -> bySecret.merge(each.secret(), (long) each.connections(), Long::sum));
    if (told.size() == NodeHealth.MOST_OLD_KEYS) {
      cut.add(told.stream().map(NodeHealth.OldKeys::secret).collect(Collectors.toSet()));
    }
  }

  /**
   * Connections now by a secret's keys but the newest; empty where that isn't known.
   *
   * @param since the revision that the secret is as it is since, or a later one
   */
  public OptionalLong connections(String secret, long since) {
    return revision < since || cut.stream().anyMatch(all -> !all.contains(secret))
        ? OptionalLong.empty()
        : OptionalLong.of(bySecret.getOrDefault(secret, 0L));
  }
}
