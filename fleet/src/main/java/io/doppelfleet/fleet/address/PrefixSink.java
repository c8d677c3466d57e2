package io.doppelfleet.fleet.address;

/** Is given prefixes, one by one: counts them first, and keeps them then. */
public sealed interface PrefixSink permits PrefixCount, Prefixes {
  /**
   * Takes a prefix.
   *
   * @param ipv4 whether it is meant for IPv4's addresses; else for those of IPv6
   * @param high of an address in it, as {@link AddressBits} has it
   * @param length 0..128, as IPv6 has it: an IPv4 prefix's and 96
   */
  void take(boolean ipv4, long high, long low, int length);

  /** How many it was given, those that are in others too. */
  int count();

  /**
   * Adds the prefix that an address is in.
   *
   * @param high of the address, as {@link AddressBits} has it
   * @param length 0..128, as IPv6 has it: an IPv4 prefix's and 96
   */
  default void add(long high, long low, int length) {
    take(length >= 96 && AddressBits.isIpv4(high, low), high, low, length);
  }

  /**
   * Adds all addresses from one to another, both as {@link AddressBits} has them: as the fewest
   * prefixes, which are 254 at the most.
   *
   * @throws IllegalArgumentException where the first is after the last
   */
  default void addRange(AddressBits first, AddressBits last) {
    if (compare(first.high(), first.low(), last.high(), last.low()) > 0) {
      throw new IllegalArgumentException("its first address is after its last");
    }
    boolean ipv4 =
        AddressBits.isIpv4(first.high(), first.low())
            && AddressBits.isIpv4(last.high(), last.low());
    long high = first.high();
    long low = first.low();
    while (true) {
      int length = widest(high, low, last);
      take(ipv4, high, low, length);
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
}
