package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.Limits.AddressLimit;
import io.doppelfleet.proxy.address.AddressBits;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** The different addresses from which a secret's clients came within a time; of IPv6 each /64. */
final class RecentAddresses {
  /** When each was seen last, on {@link System#nanoTime}'s clock; the longest ago comes first. */
  private final Map<AddressBits, Long> seen = new LinkedHashMap<>(16, 0.75f, true);

  /** Whether a client from there is one of so many; then it was seen now. */
  synchronized boolean admit(AddressBits from, AddressLimit limit, long now) {
    Iterator<Long> oldest = seen.values().iterator();
    while (oldest.hasNext() && now - oldest.next() >= limit.window().toNanos()) {
      oldest.remove();
    }
    AddressBits place = from.network();
    if (!seen.containsKey(place) && seen.size() >= limit.count()) {
      return false;
    }
    seen.put(place, now);
    return true;
  }
}
