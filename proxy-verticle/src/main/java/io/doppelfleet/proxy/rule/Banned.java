package io.doppelfleet.proxy.rule;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Whom rules ban, as it is looked at for each client. Immutable; a look makes no object. */
final class Banned {
  static final Banned NOBODY = new Banned(Map.of());

  /** In order. */
  private final long[] networks;

  /** When each ends, by the monotonic clock, nanoseconds. */
  private final long[] ends;

  /** With the ends by the networks, as {@code AddressBits.networkKey} has them. */
  Banned(Map<Long, Long> ends) {
    TreeMap<Long, Long> sorted = new TreeMap<>(ends);
    this.networks = sorted.keySet().stream().mapToLong(Long::longValue).toArray();
    this.ends = sorted.values().stream().mapToLong(Long::longValue).toArray();
  }

  boolean has(long network, long now) {
    int place = Arrays.binarySearch(networks, network);
    return place >= 0 && now - ends[place] < 0;
  }

  boolean isEmpty() {
    return networks.length == 0;
  }

  int count(long now) {
    return (int) Arrays.stream(ends).filter(end -> now - end < 0).count();
  }
}
