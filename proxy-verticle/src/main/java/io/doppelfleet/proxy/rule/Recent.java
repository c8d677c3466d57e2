package io.doppelfleet.proxy.rule;

import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * Which numbers were met of late: 65,536 in 0.8 MB, of eight the one that was met longest ago makes
 * room. Nothing is made for one. Safe for use by many threads.
 */
final class Recent {
  private static final int BUCKET_BITS = 13;
  private static final int PLACES = 8;
  private static final int LOCKS = 64;

  private final long[] numbers = new long[PLACES << BUCKET_BITS];

  /** When each was met last, seconds; 0: the place is free. */
  private final int[] last = new int[PLACES << BUCKET_BITS];

  /** Of each bucket: when the one was met last that had to make room last. */
  private final int[] lost = new int[1 << BUCKET_BITS];

  /** Each of all buckets whose number ends alike. */
  private final Object[] locks = IntStream.range(0, LOCKS).mapToObj(i -> new Object()).toArray();

  private final int seconds;
  private final long seed;
  private final LongAdder forgotten = new LongAdder();

  /**
   * None yet.
   *
   * @param seconds how long one is remembered
   * @param seed drawn at random, so that nobody can choose whose place to take
   */
  Recent(int seconds, long seed) {
    this.seconds = seconds;
    this.seed = seed;
  }

  /**
   * One is met.
   *
   * @param now seconds, 1 or more, by one monotonic clock
   */
  void met(long number, int now) {
    int bucket = bucket(number);
    synchronized (locks[bucket % LOCKS]) {
      int place = bucket * PLACES;
      for (int at = place; at < (bucket + 1) * PLACES; at++) {
        if (last[at] != 0 && numbers[at] == number) {
          last[at] = now;
          return;
        }
        if (last[at] < last[place]) {
          place = at;
        }
      }
      if (isOfLate(last[place], now)) {
        forgotten.increment();
        lost[bucket] = last[place];
      }
      numbers[place] = number;
      last[place] = now;
    }
  }

  /** Whether it was met of late. */
  boolean has(long number, int now) {
    int bucket = bucket(number);
    synchronized (locks[bucket % LOCKS]) {
      for (int at = bucket * PLACES; at < (bucket + 1) * PLACES; at++) {
        if (numbers[at] == number && isOfLate(last[at], now)) {
          return true;
        }
      }
      return false;
    }
  }

  /** Whether it was met of late, or may have been: one that would be beside it had to make room. */
  boolean mayHave(long number, int now) {
    int bucket = bucket(number);
    synchronized (locks[bucket % LOCKS]) {
      return isOfLate(lost[bucket], now) || has(number, now);
    }
  }

  private boolean isOfLate(int time, int now) {
    return time != 0 && now - time < seconds;
  }

  /** The mixing is MurmurHash3's. */
  private int bucket(long number) {
    return (int) (mixed(mixed(number ^ seed) + seed) >>> (64 - BUCKET_BITS));
  }

  private static long mixed(long bits) {
    long mixed = (bits ^ bits >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ mixed >>> 33;
  }

  /** Those that were forgotten for want of room, though they were met of late. */
  long forgotten() {
    return forgotten.sum();
  }
}
