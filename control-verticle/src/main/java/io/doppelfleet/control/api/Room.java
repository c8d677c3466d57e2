package io.doppelfleet.control.api;

import java.util.HashMap;
import java.util.Map;

/**
 * Memory that requests of a kind may have together, in bytes, and that those of one who asks may.
 * Safe for use by many threads.
 */
final class Room {
  private final long most;
  private final long mostOfOne;
  private final Map<String, Long> byWho = new HashMap<>();
  private long taken;

  /** Of so many bytes, of which one may take so many. */
  Room(long most, long mostOfOne) {
    this.most = most;
    this.mostOfOne = mostOfOne;
  }

  /** Takes so many for somebody, unless too many are taken; nothing where there is no room. */
  synchronized boolean take(String who, long bytes) {
    long others = byWho.getOrDefault(who, 0L);
    if (taken + bytes > most || others + bytes > mostOfOne) {
      return false;
    }
    taken += bytes;
    byWho.put(who, others + bytes);
    return true;
  }

  /** Gives back what was taken. */
  synchronized void give(String who, long bytes) {
    taken -= bytes;
    byWho.computeIfPresent(who, (key, all) -> all == bytes ? null : all - bytes);
  }
}
