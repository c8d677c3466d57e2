package io.doppelfleet.proxy.rule;

import io.doppelfleet.fleet.FleetLeases;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Networks, each until a time. As many as a control tells of at once: of more the one that was put
 * in longest ago is forgotten. Not safe for use by many threads.
 */
final class Deadlines {
  private final SequencedMap<Long, Long> byNetwork = new LinkedHashMap<>();

  /**
   * From now on the network is in it until then, whatever was said of it before.
   *
   * @param network as {@code AddressBits.networkKey} has it
   * @param end by the monotonic clock, nanoseconds
   */
  void put(long network, long end) {
    byNetwork.putLast(network, end);
    if (byNetwork.size() > FleetLeases.MOST) {
      byNetwork.pollFirstEntry();
    }
  }

  boolean has(long network, long now) {
    Long end = byNetwork.get(network);
    return end != null && now - end < 0;
  }
}
