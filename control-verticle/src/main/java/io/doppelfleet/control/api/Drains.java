package io.doppelfleet.control.api;

import io.doppelfleet.control.store.StoreException;
import java.util.HashMap;
import java.util.Map;

/**
 * Who has had which nodes drained, and whether the nodes were told, as the audit log has it: who
 * says it again of the same process pushes nothing out of that. Safe for use by many threads, of
 * which one writes at a time: none goes on before what another notes is in the log.
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

  /** Writes into the log; what fails is to be noted yet. */
  @FunctionalInterface
  interface Note {
    void write() throws StoreException;
  }

  /** Notes that somebody has a node drained, unless that is noted since its link is open. */
  synchronized void begins(long node, long link, String author, Note note) throws StoreException {
    Drain drain = byNode.get(node);
    if (drain == null || drain.link != link) {
      drain = new Drain(link, new HashMap<>());
      byNode.put(node, drain);
    }
    if (!drain.failed.containsKey(author)) {
      note.write();
      drain.failed.put(author, false);
    }
  }

  /** Notes that the node wasn't told, or that it was after all, unless that is noted last. */
  synchronized void ends(long node, long link, String author, boolean told, Note note)
      throws StoreException {
    Drain drain = byNode.get(node);
    if (drain != null
        && drain.link == link
        && Boolean.valueOf(told).equals(drain.failed.get(author))) {
      note.write();
      drain.failed.put(author, !told);
    }
  }

  /** A node was removed. */
  synchronized void forget(long node) {
    byNode.remove(node);
  }
}
