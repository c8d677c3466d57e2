package io.doppelfleet.control.api;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who has had which nodes drained, as the audit log has it: who says it again of the same process
 * pushes nothing out of that. Safe for use by many threads.
 */
final class Drains {
  private final Map<Long, Drain> byNode = new HashMap<>();

  /**
   * Of a node's last link.
   *
   * @param link its number, which no later one has: a process that has ended comes by another
   */
  private record Drain(long link, Set<String> authors) {}

  /** Whether it is noted that somebody has had a node drained since its link is open. */
  synchronized boolean has(long node, long link, String author) {
    Drain drain = byNode.get(node);
    return drain != null && drain.link == link && drain.authors.contains(author);
  }

  /** It is noted. */
  synchronized void add(long node, long link, String author) {
    Drain drain = byNode.get(node);
    if (drain == null || drain.link != link) {
      drain = new Drain(link, new HashSet<>());
      byNode.put(node, drain);
    }
    drain.authors.add(author);
  }

  /** A node was removed. */
  synchronized void forget(long node) {
    byNode.remove(node);
  }
}
