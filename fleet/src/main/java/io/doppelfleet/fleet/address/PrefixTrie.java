package io.doppelfleet.fleet.address;

import java.util.Arrays;

/**
 * Prefixes of one family, in order and none in another, with a trie above them: a node leaps over
 * the bits that all beneath it share, and parts them by as many next ones as leave at least half of
 * its places taken (a level-compressed trie, as Nilsson and Karlsson have it). What is beneath a
 * place is few enough to be looked at one by one. Immutable; a look-up makes no object.
 *
 * <p>A million prefixes take 9 MB, or 17 MB where some are longer than 64 bits, and of lists as
 * they are the nodes a quarter to a half of that, two or three above each other. Of a list that is
 * made to have many nodes they take 20 bytes for each prefix at the most: one that parts a single
 * prefix from all others has five numbers, and is one of 64 above each other.
 */
final class PrefixTrie {
  /** Prefixes that are looked at one by one. */
  private static final int BUCKET = 8;

  private static final int MOST_BITS = 20;

  /** Of nodes, for each prefix, at the most. */
  private static final int NODE_BYTES = 20;

  /** In a leaf: above is how many prefixes there are, below the first one's place. */
  private static final int COUNT_SHIFT = 26;

  private static final int PLACE = (1 << COUNT_SHIFT) - 1;

  private final long[] highs;

  /** Empty where no prefix is longer than 64 bits. */
  private final long[] lows;

  private final byte[] lengths;

  /** Of each node where its bits begin and how many they are, and then its places. */
  private final int[] nodes;

  private int nodesEnd;

  /** As each place of a node: a leaf, or the complement of a node's place. */
  private final int root;

  /**
   * Of prefixes in order, none of which is in another; they are not copied.
   *
   * @param lows may be empty where no prefix is longer than 64 bits
   * @throws IllegalArgumentException where they are more than 2^26
   */
  PrefixTrie(long[] highs, long[] lows, byte[] lengths) {
    if (lengths.length > PLACE) {
      throw new IllegalArgumentException(lengths.length + " prefixes are too many");
    }
    this.highs = highs;
    this.lows = lows;
    this.lengths = lengths;
    this.nodes = new int[nodesOf(0, lengths.length)];
    this.root = build(0, lengths.length);
  }

  /** Memory that so many take at the most. */
  static long mostBytes(int prefixes, boolean isLong) {
    return (long) prefixes * (Long.BYTES + (isLong ? Long.BYTES : 0) + 1 + NODE_BYTES);
  }

  /** The length of what {@link #build} writes: to make room as it goes would take twice as much. */
  private int nodesOf(int from, int to) {
    if (to - from <= BUCKET) {
      return 0;
    }
    int skip = common(from, to - 1);
    int bits = bits(from, to, skip);
    int sum = 1 + (1 << bits);
    for (int first = from; first < to; ) {
      int next = first + 1;
      int value = value(first, skip, bits);
      while (next < to && value(next, skip, bits) == value) {
        next++;
      }
      sum += nodesOf(first, next);
      first = next;
    }
    return sum;
  }

  private int build(int from, int to) {
    if (to - from <= BUCKET) {
      return leaf(from, to - from);
    }
    int skip = common(from, to - 1);
    int bits = bits(from, to, skip);
    int node = nodesEnd;
    nodesEnd += 1 + (1 << bits);
    nodes[node] = skip << 8 | bits;
    int next = from;
    for (int value = 0; value < 1 << bits; value++) {
      int first = next;
      while (next < to && value(next, skip, bits) == value) {
        next++;
      }
      int place = node + 1 + value;
      if (first < next) {
        nodes[place] = build(first, next);
      } else if (first > from && reaches(first - 1, skip, bits, value)) {
        nodes[place] = leaf(first - 1, 1);
      }
    }
    return ~node;
  }

  /** The most bits of which the prefixes have half the values or more, from 1 up. */
  private int bits(int from, int to, int skip) {
    int most = Math.min(MOST_BITS, (skip < 64 ? 64 : 128) - skip);
    int[] partedBy = new int[most];
    for (int i = from + 1; i < to; i++) {
      int bit = common(i - 1, i) - skip;
      if (bit < most) {
        partedBy[bit]++;
      }
    }
    int values = 1;
    int best = 1;
    for (int bits = 1; bits <= most; bits++) {
      values += partedBy[bits - 1];
      if (1 << bits <= 2 * values) {
        best = bits;
      }
    }
    return best;
  }

  /** Whether a prefix, shorter than a node's bits, has another value of them too. */
  private boolean reaches(int prefix, int skip, int bits, int value) {
    int free = skip + bits - length(prefix);
    return free > 0 && value(prefix, skip, bits) >>> free == value >>> free;
  }

  private static int leaf(int first, int count) {
    return count << COUNT_SHIFT | first;
  }

  private int value(int prefix, int skip, int bits) {
    return value(highs[prefix], low(prefix), skip, bits);
  }

  private static int value(long high, long low, int skip, int bits) {
    long word = skip < 64 ? high : low;
    return (int) (word << skip >>> (64 - bits)); // a shift counts by 64
  }

  private int common(int one, int other) {
    long differing = highs[one] ^ highs[other];
    return differing != 0
        ? Long.numberOfLeadingZeros(differing)
        : 64 + Long.numberOfLeadingZeros(low(one) ^ low(other));
  }

  private long low(int prefix) {
    return lows.length == 0 ? 0 : lows[prefix];
  }

  private int length(int prefix) {
    return lengths[prefix] & 0xff;
  }

  /** Whether an address is in one of them. */
  boolean contains(long high, long low) {
    return find(high, low) >= 0;
  }

  /** Whether all of a prefix is in them: in one, or in some that lie side by side. */
  private boolean has(long high, long low, int length) {
    int found = find(high, low);
    if (found >= 0 && length(found) <= length) {
      return true;
    }
    long nextHigh = high;
    long nextLow = low;
    for (int i = firstFrom(high, low); isAt(i, nextHigh, nextLow); i++) {
      long lastHigh = nextHigh | ~highMask(length(i));
      long lastLow = nextLow | ~lowMask(length(i));
      if (lastHigh == (high | ~highMask(length)) && lastLow == (low | ~lowMask(length))) {
        return true;
      }
      nextLow = lastLow + 1;
      nextHigh = nextLow == 0 ? lastHigh + 1 : lastHigh;
    }
    return false;
  }

  private boolean isAt(int prefix, long high, long low) {
    return prefix < lengths.length && highs[prefix] == high && low(prefix) == low;
  }

  /** Whether each address of them is in one of others. */
  boolean isWithin(PrefixTrie others) {
    for (int i = 0; i < lengths.length; i++) {
      if (!others.has(highs[i], low(i), length(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether others are the same. */
  boolean isSame(PrefixTrie other) {
    return Arrays.equals(highs, other.highs)
        && Arrays.equals(lows, other.lows)
        && Arrays.equals(lengths, other.lengths);
  }

  /** Shows each. */
  <E extends Exception> void forEach(PrefixSet.Visitor<E> visitor) throws E {
    for (int i = 0; i < lengths.length; i++) {
      visitor.visit(highs[i], low(i), length(i));
    }
  }

  /** The place of the one that an address is in; negative: it is in none. */
  private int find(long high, long low) {
    int place = root;
    while (place < 0) {
      int head = nodes[~place];
      place = nodes[~place + 1 + value(high, low, head >>> 8, head & 0xff)];
    }
    int first = place & PLACE;
    for (int i = first; i < first + (place >>> COUNT_SHIFT); i++) {
      if (isIn(high, low, highs[i], low(i), length(i))) {
        return i;
      }
    }
    return -1;
  }

  /** Whether an address is in a prefix. */
  static boolean isIn(long high, long low, long ofHigh, long ofLow, int length) {
    return ((high ^ ofHigh) & highMask(length)) == 0 && ((low ^ ofLow) & lowMask(length)) == 0;
  }

  /** The bits that count in the first 64. */
  static long highMask(int length) {
    return length == 0 ? 0 : length >= 64 ? -1 : -1L << (64 - length);
  }

  /** The bits that count in the last 64. */
  static long lowMask(int length) {
    return length <= 64 ? 0 : -1L << (128 - length);
  }

  /** Whether an address of this prefix is in one of them. */
  boolean overlaps(long high, long low, int length) {
    int next = firstFrom(high, low);
    return contains(high, low)
        || (next < lengths.length && isIn(highs[next], low(next), high, low, length));
  }

  /** The place of the first that begins at an address or after it. */
  private int firstFrom(long high, long low) {
    int from = 0;
    int to = lengths.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      int order = Long.compareUnsigned(highs[middle], high);
      if ((order != 0 ? order : Long.compareUnsigned(low(middle), low)) < 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return to;
  }

  int count() {
    return lengths.length;
  }

  /** Which part of a prefix they have, 0 to 1. */
  double share(long high, long low, int length) {
    double sum = 0;
    for (int i = 0; i < lengths.length; i++) {
      if (length(i) <= length && isIn(high, low, highs[i], low(i), length(i))) {
        return 1;
      }
      if (isIn(highs[i], low(i), high, low, length)) {
        sum += Math.scalb(1.0, length - length(i));
      }
    }
    return sum;
  }

  /** Memory that it takes. */
  long bytes() {
    return 8L * highs.length + 8L * lows.length + lengths.length + 4L * nodes.length;
  }
}
