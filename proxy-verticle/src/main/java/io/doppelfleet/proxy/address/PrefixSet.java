package io.doppelfleet.proxy.address;

import io.doppelfleet.fleet.Prefix;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Ranges of addresses, looked up without an object. Immutable. Two prefixes are apart or one is in
 * the other, so those that are in none are ranges in order, and the last one that begins at or
 * before an address is the only one that can have it.
 */
public final class PrefixSet {
  /** IPv4 has its own: no prefix of IPv6 is meant for the addresses that are written as its. */
  private final Ranges ipv4;

  private final Ranges ipv6;

  /** Of these. */
  public PrefixSet(Collection<Prefix> prefixes) {
    List<Range> four = new ArrayList<>();
    List<Range> six = new ArrayList<>();
    for (Prefix prefix : prefixes) {
      (prefix.address() instanceof Inet4Address ? four : six).add(Range.of(prefix));
    }
    ipv4 = new Ranges(four);
    ipv6 = new Ranges(six);
  }

  /** Whether an address, as {@link AddressBits} has it, is in one of them. */
  public boolean contains(long high, long low) {
    return (AddressBits.isIpv4(high, low) ? ipv4 : ipv6).contains(high, low);
  }

  private record Range(long high, long low, int length) implements Comparable<Range> {
    static Range of(Prefix prefix) {
      int before = prefix.address() instanceof Inet4Address ? 96 : 0;
      AddressBits first = AddressBits.of(prefix.address());
      return new Range(first.high(), first.low(), before + prefix.length());
    }

    /** By the first address; of two that begin with it the wider one first. */
    @Override
    public int compareTo(Range that) {
      int order = Long.compareUnsigned(high, that.high);
      order = order != 0 ? order : Long.compareUnsigned(low, that.low);
      return order != 0 ? order : Integer.compare(length, that.length);
    }

    long lastHigh() {
      return length >= 64 ? high : high | -1L >>> length;
    }

    long lastLow() {
      return length >= 128 ? low : low | -1L >>> Math.max(0, length - 64);
    }
  }

  private static final class Ranges {
    /** First and last address of each: four numbers. */
    private final long[] numbers;

    Ranges(List<Range> all) {
      long[] kept = new long[4 * all.size()];
      int end = 0;
      for (Range range : all.stream().sorted().toList()) {
        if (end == 0 || isBefore(kept[end - 2], kept[end - 1], range.high, range.low)) {
          kept[end++] = range.high;
          kept[end++] = range.low;
          kept[end++] = range.lastHigh();
          kept[end++] = range.lastLow();
        }
      }
      numbers = Arrays.copyOf(kept, end);
    }

    boolean contains(long high, long low) {
      int from = 0;
      int to = numbers.length / 4; // the first that begins after the address
      while (from < to) {
        int middle = (from + to) >>> 1;
        if (isBefore(high, low, numbers[4 * middle], numbers[4 * middle + 1])) {
          to = middle;
        } else {
          from = middle + 1;
        }
      }
      return to > 0 && !isBefore(numbers[4 * to - 2], numbers[4 * to - 1], high, low);
    }

    private static boolean isBefore(long high, long low, long thatHigh, long thatLow) {
      int order = Long.compareUnsigned(high, thatHigh);
      return order != 0 ? order < 0 : Long.compareUnsigned(low, thatLow) < 0;
    }
  }
}
