package io.doppelfleet.proxy.listen;

import io.doppelfleet.proxy.address.AddressBits;
import io.doppelfleet.proxy.address.PrefixSet;
import io.doppelfleet.proxy.list.Danger;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the connections that come from one network, so that nobody takes all there are: an IPv4
 * address, behind which a carrier may have hundreds of phones, or of IPv6 a /48, which is what one
 * customer of a hoster gets and a part of a carrier's phones. Networks of the operator's own are
 * not bounded: who comes from there is a router, as a rule, with everybody behind it. Shared by all
 * event loops.
 *
 * <p>It is a count-min sketch: a network is counted in two places of 8,192, which it shares with
 * others, and the lesser count is taken for its own. Nothing is kept of a network, and a connection
 * costs 24 bytes. With ten thousand networks of one connection each, a network's count is too high
 * by one or two.
 */
public final class Networks {
  /** Of each of the two rows, a power of two. */
  private static final int PLACES = 1 << 12;

  private static final long IPV6_48 = -1L << 16;

  private static final PrefixSet OWN = PrefixSet.of(Danger.PRIVATE.networks());

  private final int most;
  private final long seed;
  private final AtomicIntegerArray counts = new AtomicIntegerArray(2 * PLACES);

  /**
   * With nobody there.
   *
   * @param most connections from one network
   * @param seed drawn at random, so that nobody can choose whose place to share
   */
  public Networks(int most, long seed) {
    this.most = most;
    this.seed = seed;
  }

  /** The most connections from one network. */
  public int most() {
    return most;
  }

  /**
   * A connection has come from there.
   *
   * @param left what its end is to do
   * @return what its end is to do now; null where there is no room, and nothing was counted
   */
  public @Nullable Runnable enter(InetAddress from, Runnable left) {
    AddressBits bits = AddressBits.of(from);
    if (OWN.contains(bits.high(), bits.low())) {
      return left;
    }
    AddressBits host = bits.network();
    int places = places(host.high() & IPV6_48, host.low());
    int first = counts.incrementAndGet(first(places));
    int second = counts.incrementAndGet(second(places));
    if (Math.min(first, second) > most) {
      leave(places);
      return null;
    }
    return new Seat(this, places, left);
  }

  private void leave(int places) {
    counts.decrementAndGet(first(places));
    counts.decrementAndGet(second(places));
  }

  private static int first(int places) {
    return places & (PLACES - 1);
  }

  private static int second(int places) {
    return PLACES + (places >>> 16 & (PLACES - 1));
  }

  /** Both places in one number; the mixing is MurmurHash3's. */
  private int places(long high, long low) {
    return (int) mixed(mixed(high ^ seed) ^ low);
  }

  private static long mixed(long bits) {
    long mixed = (bits ^ bits >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ mixed >>> 33;
  }

  /** Of one connection. */
  private record Seat(Networks networks, int places, Runnable left) implements Runnable {
    @Override
    public void run() {
      networks.leave(places);
      left.run();
    }
  }
}
