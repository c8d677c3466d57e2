package io.doppelfleet.control.api;

import java.util.HashMap;
import java.util.Map;

/**
 * Who has had which nodes drained, and whether the nodes were told, as the audit log has it: who
 * says it again of the same process pushes nothing out of that. Safe for use by many threads.
 */
final class Drains {
  private final Map<Long, Drain> byNode = new HashMap<>();

  /**
   * Of a node's last link.
   *
   * @param link its number, which no later one has: a process that has ended comes by another
   * @param failed whether it is noted last that the node wasn't told, by who wanted it
   */
  private record Drain(long link, Map<String, Boolean> failed) {}

  /**
   * Whether it is to be noted that somebody has a node drained: not yet, since its link is open.
   */
  synchronized boolean begins(long node, long link, String author) {
    Drain drain = byNode.get(node);
    if (drain == null || drain.link != link) {
      drain = new Drain(link, new HashMap<>());
      byNode.put(node, drain);
    }
    return drain.failed.putIfAbsent(author, false) == null;
  }

  /** Whether it is to be noted that the node wasn't told, or that it was after all. */
  synchronized boolean ends(long node, long link, String author, boolean told) {
    Drain drain = byNode.get(node);
    return drain != null && drain.link == link && drain.failed.replace(author, told, !told);
  }

  /** A node was removed. */
  synchronized void forget(long node) {
    byNode.remove(node);
  }
}
