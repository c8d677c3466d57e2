package io.doppelfleet.standin.datacenter;

import io.doppelfleet.fleet.mtproto.AuthKey;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What all connections of a stand-in share. Thread-safe. */
final class DatacenterState {
  /** Arrivals that are remembered: more than any test makes, little enough for a long load. */
  private static final int MOST_ARRIVALS = 10_000;

  private final DatacenterKey rsa;
  private final Map<Long, AuthKey> keys = new ConcurrentHashMap<>();
  private final Uploads uploads = new Uploads();
  private final LongAdder pings = new LongAdder();
  private final ArrayDeque<Arrival> arrivals = new ArrayDeque<>();
  private volatile boolean silent;
  private volatile byte @Nullable [] configuration;

  DatacenterState(DatacenterKey rsa) {
    this.rsa = rsa;
  }

  DatacenterKey rsa() {
    return rsa;
  }

  /** Keys that were exchanged, by their id. */
  Map<Long, AuthKey> keys() {
    return keys;
  }

  Uploads uploads() {
    return uploads;
  }

  /** Pings that were answered. */
  LongAdder pings() {
    return pings;
  }

  /** What {@code help.getConfig} is answered; null: that there is no such method. */
  byte @Nullable [] configuration() {
    return configuration;
  }

  void configuration(byte[] configuration) {
    this.configuration = configuration;
  }

  boolean silent() {
    return silent;
  }

  void silent(boolean silent) {
    this.silent = silent;
  }

  void arrived(Arrival arrival) {
    synchronized (arrivals) {
      if (arrivals.size() == MOST_ARRIVALS) {
        arrivals.removeFirst();
      }
      arrivals.addLast(arrival);
    }
  }

  List<Arrival> arrivals() {
    synchronized (arrivals) {
      return List.copyOf(arrivals);
    }
  }
}
