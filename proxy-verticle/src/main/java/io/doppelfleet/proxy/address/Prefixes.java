package io.doppelfleet.proxy.address;

import java.util.Arrays;

/**
 * Collects prefixes of both families for a {@link PrefixSet}, in any order and as numbers alone: a
 * million of them as objects would be a node's whole heap. For one thread.
 */
public final class Prefixes {
  private final Family ipv4 = new Family();
  private final Family ipv6 = new Family();

  /**
   * Adds the prefix that an address is in.
   *
   * @param high of the address, as {@link AddressBits} has it
   * @param length 0..128, as IPv6 has it: an IPv4 prefix's and 96
   */
  public void add(long high, long low, int length) {
    add(high, low, length, length >= 96 && AddressBits.isIpv4(high, low));
  }

  private void add(long high, long low, int length, boolean four) {
    if (four) {
      ipv4.add(low << 32 & PrefixTrie.highMask(length - 96), 0, length - 96);
    } else {
      ipv6.add(high & PrefixTrie.highMask(length), low & PrefixTrie.lowMask(length), length);
    }
  }

  /**
   * Adds all addresses from one to another, both as {@link AddressBits} has them: as the fewest
   * prefixes, which are 254 at the most.
   *
   * @throws IllegalArgumentException where the first is after the last
   */
  public void addRange(AddressBits first, AddressBits last) {
    if (compare(first.high(), first.low(), last.high(), last.low()) > 0) {
      throw new IllegalArgumentException("its first address is after its last");
    }
    boolean four =
        AddressBits.isIpv4(first.high(), first.low())
            && AddressBits.isIpv4(last.high(), last.low());
    long high = first.high();
    long low = first.low();
    while (true) {
      int length = widest(high, low, last);
      add(high, low, length, four);
      long endHigh = high | ~PrefixTrie.highMask(length);
      long endLow = low | ~PrefixTrie.lowMask(length);
      if (endHigh == last.high() && endLow == last.low()) {
        return;
      }
      low = endLow + 1;
      high = low == 0 ? endHigh + 1 : endHigh;
    }
  }

  /** The length of the widest prefix that begins with an address and doesn't go beyond another. */
  private static int widest(long high, long low, AddressBits last) {
    int length = 128;
    while (length > 0) {
      int wider = length - 1;
      long highRest = ~PrefixTrie.highMask(wider);
      long lowRest = ~PrefixTrie.lowMask(wider);
      if ((high & highRest) != 0
          || (low & lowRest) != 0
          || compare(high | highRest, low | lowRest, last.high(), last.low()) > 0) {
        break;
      }
      length = wider;
    }
    return length;
  }

  private static int compare(long high, long low, long thatHigh, long thatLow) {
    int order = Long.compareUnsigned(high, thatHigh);
    return order != 0 ? order : Long.compareUnsigned(low, thatLow);
  }

  /** How many were added, those that are in others too. */
  public int count() {
    return ipv4.count + ipv6.count;
  }

  /** All of them; nothing may be added afterwards. */
  public PrefixSet toSet() {
    return new PrefixSet(ipv4.trie(), ipv6.trie());
  }

  /** Of one family. */
  private static final class Family {
    private long[] highs = {};

    /** Shorter than the others, or empty, as long as no prefix is longer than 64 bits. */
    private long[] lows = {};

    private byte[] lengths = {};
    private int count;

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

    PrefixTrie trie() {
      if (lows.length > 0) {
        lows = Arrays.copyOf(lows, highs.length);
      }
      if (!isSorted()) {
        sort();
      }
      int kept = 0;
      for (int i = 0; i < count; i++) {
        if (kept == 0
            || !PrefixTrie.isIn(
                highs[i], low(i), highs[kept - 1], low(kept - 1), lengths[kept - 1] & 0xff)) {
          move(i, kept++);
        }
      }
      return new PrefixTrie(
          Arrays.copyOf(highs, kept),
          lows.length == 0 ? lows : Arrays.copyOf(lows, kept),
          Arrays.copyOf(lengths, kept));
    }

    /** By the first address; of two that begin with it the wider one first. */
    private int order(int one, int other) {
      int order = compare(highs[one], low(one), highs[other], low(other));
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
