package io.doppelfleet.fleet.address;

/** How many prefixes there are, before memory is taken for them. For one thread. */
public final class PrefixCount implements PrefixSink {
  private int ipv4;
  private int ipv6;

  /** Of IPv6, whether one is longer than 64 bits. */
  private boolean isLong;

  @Override
  public void take(boolean ipv4, long high, long low, int length) {
    if (ipv4) {
      this.ipv4++;
    } else {
      ipv6++;
      isLong |= length > 64;
    }
  }

  @Override
  public int count() {
    return ipv4 + ipv6;
  }

  int ipv4() {
    return ipv4;
  }

  int ipv6() {
    return ipv6;
  }

  boolean isLong() {
    return isLong;
  }

  /** Memory that a set of them takes at the most, while it is built too. */
  public long bytes() {
    return PrefixTrie.mostBytes(ipv4, false) + PrefixTrie.mostBytes(ipv6, isLong);
  }
}
