package io.doppelfleet.fleet.address;

import java.util.Arrays;

/**
 * Collects prefixes of both families for a {@link PrefixSet}, in any order and as numbers alone: a
 * million of them as objects would be a node's whole heap. For one thread.
 */
public final class Prefixes implements PrefixSink {
  private final Family ipv4;
  private final Family ipv6;

  /** For any number of them: grows as they come. */
  public Prefixes() {
    this(new PrefixCount());
  }

  /** For those that were counted: takes the memory for them now, and no more if they are those. */
  public Prefixes(PrefixCount counted) {
    ipv4 = new Family(counted.ipv4(), false);
    ipv6 = new Family(counted.ipv6(), counted.isLong());
  }

  @Override
  public void take(boolean ipv4, long high, long low, int length) {
    if (ipv4) {
      this.ipv4.add(low << 32 & PrefixTrie.highMask(length - 96), 0, length - 96);
    } else {
      ipv6.add(high & PrefixTrie.highMask(length), low & PrefixTrie.lowMask(length), length);
    }
  }

  @Override
  public int count() {
    return ipv4.count + ipv6.count;
  }

  /** All of them; nothing may be added afterwards. */
  public PrefixSet toSet() {
    return new PrefixSet(ipv4.trie(), ipv6.trie());
  }

  /** Of one family. */
  private static final class Family {
    private static final long[] NONE = {};

    private long[] highs;

    /** Shorter than the others, or empty, as long as no prefix is longer than 64 bits. */
    private long[] lows;

    private byte[] lengths;
    private int count;

    Family(int room, boolean isLong) {
      highs = new long[room];
      lows = isLong ? new long[room] : NONE;
      lengths = new byte[room];
    }

    void add(long high, long low, int length) {
      if (count == highs.length) {
        int room = 16 + count + count / 2;
        highs = Arrays.copyOf(highs, room);
        lengths = Arrays.copyOf(lengths, room);
      }
      if (length > 64 && lows.length < highs.length) {
        lows = Arrays.copyOf(lows, highs.length);
      }
      highs[count] = high;
      if (count < lows.length) {
        lows[count] = low;
      }
      lengths[count] = (byte) length;
      count++;
    }

    private long low(int i) {
      return i < lows.length ? lows[i] : 0;
    }

    /** Of a million prefixes two copies are much: each goes before the next is made. */
    PrefixTrie trie() {
      if (lows.length > 0 && lows.length < highs.length) {
        lows = Arrays.copyOf(lows, highs.length);
      }
      if (!isSorted()) {
        sort();
      }
      int kept = keepWidest();
      long[] first = fit(highs, kept);
      highs = NONE;
      long[] rest = isLong(kept) ? fit(lows, kept) : NONE;
      lows = NONE;
      byte[] bits = lengths.length == kept ? lengths : Arrays.copyOf(lengths, kept);
      lengths = new byte[0];
      return new PrefixTrie(first, rest, bits);
    }

    private static long[] fit(long[] longs, int kept) {
      return longs.length == kept ? longs : Arrays.copyOf(longs, kept);
    }

    private boolean isLong(int kept) {
      for (int i = 0; i < kept; i++) {
        if ((lengths[i] & 0xff) > 64) {
          return true;
        }
      }
      return false;
    }

    /** Of those in order leaves those that are in no other, and says how many. */
    private int keepWidest() {
      int kept = 0;
      for (int i = 0; i < count; i++) {
        if (kept == 0
            || !PrefixTrie.isIn(
                highs[i], low(i), highs[kept - 1], low(kept - 1), lengths[kept - 1] & 0xff)) {
          move(i, kept++);
        }
      }
      return kept;
    }

    /** By the first address; of two that begin with it the wider one first. */
    private int order(int one, int other) {
      int order = Long.compareUnsigned(highs[one], highs[other]);
      if (order == 0) {
        order = Long.compareUnsigned(low(one), low(other));
      }
      return order != 0 ? order : Integer.compare(lengths[one] & 0xff, lengths[other] & 0xff);
    }

    private boolean isSorted() {
      for (int i = 1; i < count; i++) {
        if (order(i - 1, i) > 0) {
          return false;
        }
      }
      return true;
    }

    /** By a heap: in place, and no order of a stranger's list makes it slow. */
    private void sort() {
      for (int top = count / 2 - 1; top >= 0; top--) {
        sink(top, count);
      }
      for (int end = count - 1; end > 0; end--) {
        swap(0, end);
        sink(0, end);
      }
    }

    private void sink(int from, int end) {
      int top = from;
      while (2 * top + 1 < end) {
        int below = 2 * top + 1;
        if (below + 1 < end && order(below, below + 1) < 0) {
          below++;
        }
        if (order(top, below) >= 0) {
          return;
        }
        swap(top, below);
        top = below;
      }
    }

    private void swap(int one, int other) {
      long high = highs[one];
      byte length = lengths[one];
      long low = low(one);
      move(other, one);
      highs[other] = high;
      lengths[other] = length;
      if (lows.length > 0) {
        lows[other] = low;
      }
    }

    private void move(int from, int to) {
      highs[to] = highs[from];
      lengths[to] = lengths[from];
      if (lows.length > 0) {
        lows[to] = lows[from];
      }
    }
  }
}
