package io.doppelfleet.proxy.rule;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Which numbers were met of late: 65,536 in 0.8 MB, of eight the one that was met longest ago makes
 * room. What is there grows with those that come: a few hundred have 20 KB. Safe for use by many
 * threads.
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

  /**
   * A part of the buckets, for one thread at a time. It has twice as many when one that counts yet
   * would have to make room, up to all.
   */
  private final class Shelf {
    private long[] numbers = new long[PLACES];

    /** When each was met last, seconds; 0: the place is free. */
    private int[] last = new int[PLACES];

    /** Of each bucket: when the one was met last that had to make room last. Only where all are. */
    private int[] lost = {};

    synchronized void met(long number, int bucket, int now) {
      int place = place(number, bucket);
      while (isAnothers(place, number, now)) {
        if (!grow()) {
          forgotten.increment();
          lost[bucket] = last[place];
          break;
        }
        place = place(number, bucket);
      }
      numbers[place] = number;
      last[place] = now;
    }

    private boolean isAnothers(int place, long number, int now) {
      return numbers[place] != number && isOfLate(last[place], now);
    }

    /** Its own, or else that of the one of its bucket that was met longest ago. */
    private int place(long number, int bucket) {
      int first = first(bucket);
      int place = first;
      for (int at = first; at < first + PLACES; at++) {
        if (last[at] != 0 && numbers[at] == number) {
          return at;
        }
        if (last[at] < last[place]) {
          place = at;
        }
      }
      return place;
    }

    /** Of its bucket's places, as many buckets as there are. */
    private int first(int bucket) {
      return bucket * PLACES & (last.length - 1);
    }

    private boolean grow() {
      if (last.length == BUCKETS * PLACES) {
        return false;
      }
      long[] numbersBefore = numbers;
      int[] lastBefore = last;
      numbers = new long[2 * numbersBefore.length];
      last = new int[2 * lastBefore.length];
      lost = last.length == BUCKETS * PLACES ? new int[BUCKETS] : lost;
      for (int i = 0; i < lastBefore.length; i++) {
        if (lastBefore[i] != 0) { // of the bucket's own or of the new one that it is parted into
          int place = place(numbersBefore[i], bucket(mix(numbersBefore[i])));
          numbers[place] = numbersBefore[i];
          last[place] = lastBefore[i];
        }
      }
      return true;
    }

    synchronized boolean has(long number, int bucket, int now) {
      int place = place(number, bucket);
      return numbers[place] == number && isOfLate(last[place], now);
    }

    synchronized boolean mayHave(long number, int bucket, int now) {
      return (lost.length != 0 && isOfLate(lost[bucket], now)) || has(number, bucket, now);
    }
  }
}
