package io.doppelfleet.proxy.rule;

import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * From where clients came of late: 65,536 networks in 0.8 MB, of which the one that is needed least
 * makes room. Nothing is made for a client. Safe for use by many threads.
 */
final class Guests {
  private static final int BUCKET_BITS = 13;
  private static final int PLACES = 8;
  private static final int LOCKS = 64;

  private final long[] networks = new long[PLACES << BUCKET_BITS];

  /** When the last client came, seconds; 0: the place is free. */
  private final int[] last = new int[PLACES << BUCKET_BITS];

  /** Each of all buckets whose number ends alike. */
  private final Object[] locks = IntStream.range(0, LOCKS).mapToObj(i -> new Object()).toArray();

  private final int seconds;
  private final LongAdder forgotten = new LongAdder();

  /** With how long one is remembered, seconds. */
  Guests(int seconds) {
    this.seconds = seconds;
  }

  /**
   * A client has come.
   *
   * @param network as {@code AddressBits.networkKey} has it
   * @param now seconds, 1 or more, by one monotonic clock
   */
  void came(long network, int now) {
    int bucket = bucket(network);
    synchronized (locks[bucket % LOCKS]) {
      int place = bucket * PLACES;
      for (int at = place; at < (bucket + 1) * PLACES; at++) {
        if (last[at] != 0 && networks[at] == network) {
          last[at] = now;
          return;
        }
        if (last[at] < last[place]) {
          place = at;
        }
      }
      if (isOfLate(last[place], now)) {
        forgotten.increment();
      }
      networks[place] = network;
      last[place] = now;
    }
  }

  /** Whether one came from there of late. */
  boolean has(long network, int now) {
    int bucket = bucket(network);
    synchronized (locks[bucket % LOCKS]) {
      for (int at = bucket * PLACES; at < (bucket + 1) * PLACES; at++) {
        if (networks[at] == network && isOfLate(last[at], now)) {
          return true;
        }
      }
      return false;
    }
  }

  private boolean isOfLate(int time, int now) {
    return time != 0 && now - time < seconds;
  }

  private static int bucket(long network) {
    return (int) ((network * 0x9e37_79b9_7f4a_7c15L) >>> (64 - BUCKET_BITS));
  }

  /** Networks that were forgotten for want of room, though clients came from there of late. */
  long forgotten() {
    return forgotten.sum();
  }
}
