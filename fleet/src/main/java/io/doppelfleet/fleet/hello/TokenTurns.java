package io.doppelfleet.fleet.hello;

import io.doppelfleet.fleet.HelloTokens;
import java.util.stream.LongStream;

/**
 * Tokens that wait to be told. Those that came since the last time go first, one of each owner and
 * then the next of each: so however many one owner makes, the first ones of the others are among
 * the first that are told, and who takes them on in their order keeps it so. What was not among
 * them follows in what room there is, and in a quarter of each turn in any case. For any threads.
 */
public final class TokenTurns {
  /** Of a turn one part in so many is for those of before, however many have just come. */
  private static final int OF_BEFORE = 4;

  private final FairQueue fresh;
  private final FairQueue later;

  /**
   * None waits.
   *
   * @param most of either kind; of more those are dropped whose owner has the most
   */
  public TokenTurns(int most) {
    this.fresh = new FairQueue(most);
    this.later = new FairQueue(most);
  }

  /** One that was just met. */
  public synchronized void add(String owner, long token) {
    fresh.add(owner, token);
  }

  /** One of before. */
  public synchronized void addLater(String owner, long token) {
    later.add(owner, token);
  }

  /** So many at most whose turn it is. */
  public synchronized HelloTokens next(int most) {
    LongStream.Builder turn = LongStream.builder();
    int old = Math.max(most - fresh.size(), Math.min(later.size(), most / OF_BEFORE));
    fresh.take(most - old, (owner, token) -> turn.add(token));
    later.take(old, (owner, token) -> turn.add(token));
    fresh.take(fresh.size(), later::add);
    return HelloTokens.of(turn.build().toArray());
  }

  /** All that wait, of either kind; they go on waiting. */
  public synchronized long[] waiting() {
    return LongStream.concat(fresh.all(), later.all()).toArray();
  }

  /** How many were dropped for want of room. */
  public synchronized long dropped() {
    return fresh.dropped() + later.dropped();
  }
}
