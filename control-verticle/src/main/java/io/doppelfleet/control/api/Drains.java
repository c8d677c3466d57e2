package io.doppelfleet.control.api;

import io.doppelfleet.control.store.StoreException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who has had which nodes drained, and whether the nodes were told, as the audit log has it: who
 * says it again of the same process pushes nothing out of that. Safe for use by many threads, of
 * which one writes at a time of each node: none goes on before what another notes of the node is in
 * the log.
 */
final class Drains {
  private final Map<Long, Node> nodes = new ConcurrentHashMap<>();

  /** Writes into the log; what fails is to be noted yet. */
  @FunctionalInterface
  interface Note {
    void write() throws StoreException;
  }

  /**
   * Notes that somebody has a node drained, unless that is noted since its link is open.
   *
   * @param link its number, which no later one has: a process that has ended comes by another
   */
  void begins(long node, long link, String author, Note note) throws StoreException {
    nodes.computeIfAbsent(node, id -> new Node()).begins(link, author, note);
  }

  /** Notes that the node wasn't told, or that it was after all, unless that is noted last. */
  void ends(long node, long link, String author, boolean told, Note note) throws StoreException {
    Node drained = nodes.get(node);
    if (drained != null) {
      drained.ends(link, author, told, note);
    }
  }

  /** A node was removed. */
  void forget(long node) {
    nodes.remove(node);
  }

  /** What is noted of one. */
  private static final class Node {
    /** Its last. */
    private long link;

    /** Whether it is noted last that the node wasn't told, by who wanted it. */
    private final Map<String, Boolean> failed = new HashMap<>();

    synchronized void begins(long its, String author, Note note) throws StoreException {
      if (link != its) {
        link = its;
        failed.clear();
      }
      if (!failed.containsKey(author)) {
        note.write();
        failed.put(author, false);
      }
    }

    synchronized void ends(long its, String author, boolean told, Note note) throws StoreException {
      if (link == its && Boolean.valueOf(told).equals(failed.get(author))) {
        note.write();
        failed.put(author, !told);
      }
    }
  }
}
