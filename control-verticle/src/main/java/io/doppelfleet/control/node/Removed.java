package io.doppelfleet.control.node;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The senders of removed nodes, whose last words may still be on their way; no other node ever has
 * one. Not for several threads.
 */
final class Removed {
  private static final int MOST = 1_000;

  private final Set<String> senders = new LinkedHashSet<>();

  void add(String sender) {
    if (senders.add(sender) && senders.size() > MOST) {
      senders.remove(senders.iterator().next());
    }
  }

  boolean has(String sender) {
    return senders.contains(sender);
  }
}
