package io.doppelfleet.proxy.rule;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Which numbers were met of late: 65,536 in 0.8 MB, of eight the one that was met longest ago makes
 * room. Nothing is made for one but for the first of its shelf: where few come the most is never
 * there. Safe for use by many threads.
 */
final class Recent {
  private static final int SHELF_BITS = 6;

  /** Of the buckets of one shelf. */
  private static final int BUCKET_BITS = 7;

  private static final int BUCKETS = 1 << BUCKET_BITS;
  private static final int PLACES = 8;

  private final List<Shelf> shelves = Stream.generate(Shelf::new).limit(1 << SHELF_BITS).toList();

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
    long mixed = mix(number);
    shelf(mixed).met(number, bucket(mixed), now);
  }

  /** Whether it was met of late. */
  boolean has(long number, int now) {
    long mixed = mix(number);
    return shelf(mixed).has(number, bucket(mixed), now);
  }

  /** Whether it was met of late, or may have been: one that would be beside it had to make room. */
  boolean mayHave(long number, int now) {
    long mixed = mix(number);
    return shelf(mixed).mayHave(number, bucket(mixed), now);
  }

  private boolean isOfLate(int time, int now) {
    return time != 0 && now - time < seconds;
  }

  private Shelf shelf(long mixed) {
    return shelves.get((int) (mixed >>> (64 - SHELF_BITS)));
  }

  private static int bucket(long mixed) {
    return (int) (mixed >>> (64 - SHELF_BITS - BUCKET_BITS)) & (BUCKETS - 1);
  }

  /** The mixing is MurmurHash3's. */
  private long mix(long number) {
    return mixed(mixed(number ^ seed) + seed);
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

  /** A part of the buckets, for one thread at a time. */
  private final class Shelf {
    private long[] numbers = {};

    /** When each was met last, seconds; 0: the place is free. */
    private int[] last = {};

    /** Of each bucket: when the one was met last that had to make room last. */
    private int[] lost = {};

    synchronized void met(long number, int bucket, int now) {
      if (numbers.length == 0) {
        numbers = new long[BUCKETS * PLACES];
        last = new int[BUCKETS * PLACES];
        lost = new int[BUCKETS];
      }
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

    synchronized boolean has(long number, int bucket, int now) {
      if (numbers.length == 0) {
        return false;
      }
      for (int at = bucket * PLACES; at < (bucket + 1) * PLACES; at++) {
        if (numbers[at] == number && isOfLate(last[at], now)) {
          return true;
        }
      }
      return false;
    }

    synchronized boolean mayHave(long number, int bucket, int now) {
      return (numbers.length != 0 && isOfLate(lost[bucket], now)) || has(number, bucket, now);
    }
  }
}
