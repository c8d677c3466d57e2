package io.doppelfleet.proxy.listen;

import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.fleet.address.Danger;
import io.doppelfleet.fleet.address.PrefixSet;
import io.doppelfleet.proxy.greeting.Seat;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the connections that come from one network, so that nobody takes all there are: an IPv4
 * address, behind which a carrier may have hundreds of phones, or of IPv6 a /48, which is what one
 * customer of a hoster gets and a part of a carrier's phones. Networks of the operator's own are
 * not bounded: who comes from there is a router, as a rule, with everybody behind it. Those that
 * are no clients have a bound of their own, for whoever wants to take all room has no secret, as a
 * rule. Shared by all event loops.
 *
 * <p>It is a count-min sketch: a network is counted in two places, which it shares with others, and
 * the lesser count is taken for its own. Nothing is kept of a network, and a connection costs 24
 * bytes. There are as many places as connections may be, so a network's count is too high by one or
 * two; where more are allowed than {@link #MOST_PLACES}, by some for each time they are more.
 */
public final class Networks {
  /** Of each of the two rows; a place's number has half of an int. */
  public static final int MOST_PLACES = 1 << 16;

  private static final int LEAST_PLACES = 1 << 12;

  private static final long IPV6_48 = -1L << 16;

  /** 64:ff9b::/96, by which IPv4 comes to who has IPv6 alone: RFC 6052, 2.1. */
  private static final long NAT64 = 0x0064_ff9b_0000_0000L;

  private static final PrefixSet OWN = PrefixSet.of(Danger.PRIVATE.networks());

  private final int most;
  private final int mostOfCrowd;
  private final int places;
  private final long seed;
  private final AtomicIntegerArray all;
  private final AtomicIntegerArray crowd;

  /**
   * With nobody there.
   *
   * @param most connections from one network
   * @param mostOfCrowd of these that are no clients, once these are many
   * @param connections the most in all
   * @param seed drawn at random, so that nobody can choose whose place to share
   */
  public Networks(int most, int mostOfCrowd, int connections, long seed) {
    this.most = most;
    this.mostOfCrowd = mostOfCrowd;
    this.seed = seed;
    this.places = Integer.highestOneBit(2 * Math.clamp(connections, LEAST_PLACES, MOST_PLACES) - 1);
    this.all = new AtomicIntegerArray(2 * places);
    this.crowd = new AtomicIntegerArray(2 * places);
  }

  /** The most connections from one network. */
  public int most() {
    return most;
  }

  /** Whether who comes from there is counted. */
  public boolean bounds(AddressBits from) {
    return !OWN.contains(from.high(), from.low());
  }

  /**
   * A connection has come from a network that is bounded. It is no client's so far.
   *
   * @param left what its end is to do
   * @return its seat, which its end is to run; null where there is no room, and nothing was counted
   */
  public @Nullable Entry enter(AddressBits from, Runnable left) {
    int number = number(from);
    enter(all, number);
    if (count(all, number) > most) {
      leave(all, number);
      return null;
    }
    enter(crowd, number);
    return new Entry(this, number, left);
  }

  private void enter(AtomicIntegerArray counts, int number) {
    counts.incrementAndGet(first(number));
    counts.incrementAndGet(second(number));
  }

  private void leave(AtomicIntegerArray counts, int number) {
    counts.decrementAndGet(first(number));
    counts.decrementAndGet(second(number));
  }

  private int count(AtomicIntegerArray counts, int number) {
    return Math.min(counts.get(first(number)), counts.get(second(number)));
  }

  private int first(int number) {
    return number & (places - 1);
  }

  private int second(int number) {
    return places + (number >>> 16 & (places - 1));
  }

  private int number(AddressBits from) {
    if (from.high() == NAT64 && from.low() >>> 32 == 0) {
      return number(NAT64, from.low());
    }
    AddressBits host = from.network();
    return number(host.high() & IPV6_48, host.low());
  }

  /** Both places in one number; the mixing is MurmurHash3's. */
  private int number(long high, long low) {
    return (int) mixed(mixed(high ^ seed) ^ low);
  }

  private static long mixed(long bits) {
    long mixed = (bits ^ bits >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ mixed >>> 33;
  }

  /** Of one connection, whose end runs it. */
  public static final class Entry implements Seat, Runnable {
    private final Networks networks;
    private final int number;
    private final Runnable left;
    private boolean inCrowd = true;

    private Entry(Networks networks, int number, Runnable left) {
      this.networks = networks;
      this.number = number;
      this.left = left;
    }

    @Override
    public boolean isCrowded() {
      return networks.count(networks.crowd, number) > networks.mostOfCrowd;
    }

    @Override
    public void leaveCrowd() {
      if (inCrowd) {
        inCrowd = false;
        networks.leave(networks.crowd, number);
      }
    }

    @Override
    public void run() {
      leaveCrowd();
      networks.leave(networks.all, number);
      left.run();
    }
  }
}
