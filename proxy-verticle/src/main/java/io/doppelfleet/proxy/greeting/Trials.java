package io.doppelfleet.proxy.greeting;

import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloDigest;
import io.doppelfleet.proxy.hello.HelloSweep;
import io.doppelfleet.proxy.hello.KeyLanes;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tries secrets against one hello after the other. Those of a large group are tried side by side or
 * one by one, whichever was faster of late: by vector instructions the first is more than twice as
 * fast as a processor that computes SHA-256 itself, but it is several times as slow where there are
 * none, or while the compiler hasn't come to it. For one thread.
 */
final class Trials {
  /** One group in so many, a prime, is tried the other way, to see whether that is faster now. */
  private static final int OTHER_WAY_EVERY = 61;

  /** Of fewer trials the time that they took says nothing. */
  private static final int TELLING = 64;

  /**
   * So much counts of what a group took longer than those before, twice as long at most: a thread
   * may have lost its processor. What it took less counts at once.
   */
  private static final double SLOWER_WEIGHT = 1.0 / 16;

  private final HelloDigest digest = new HelloDigest();
  private @Nullable HelloSweep sweep;
  private boolean isSwept;
  private int groups;
  private int made;

  /** Nanoseconds for a block of a hello with one secret; 0 until one by one was measured. */
  private double aSecret;

  /** The same with a group of secrets side by side. */
  private double aGroup;

  /** Goes on to another hello. */
  void begin(ClientHello hello) {
    digest.message(hello.signedBytes());
    isSwept = false;
  }

  /** Whether this secret made the present hello. */
  boolean match(LiveSecret secret, ClientHello hello) {
    return digest.matches(secret.key(), hello);
  }

  /** After a match: seconds since 1970, unsigned 32 bits, that the hello was stamped with. */
  long time(ClientHello hello) {
    return digest.time(hello);
  }

  /**
   * The one of a group that made the present hello.
   *
   * @param first the place in the group to begin at
   * @param except none of these is tried
   */
  Optional<LiveSecret> among(
      SecretIndex.Group group, int first, Set<LiveSecret> except, ClientHello hello) {
    int left = group.secrets().size() - first;
    KeyLanes lanes = group.lanes();
    if (lanes == null || left < TELLING) {
      return oneByOne(group, first, except, hello);
    }
    boolean isOneByOneFaster = aSecret * left < aGroup;
    boolean otherWay = ++groups % OTHER_WAY_EVERY == 0;
    double blocks = HelloSweep.blocks(hello.signedBytes().length);
    long began = System.nanoTime();
    if (isOneByOneFaster != otherWay) {
      Optional<LiveSecret> found = oneByOne(group, first, except, hello);
      if (made >= TELLING) {
        aSecret = after(aSecret, (System.nanoTime() - began) / blocks / made);
      }
      return found;
    }
    Optional<LiveSecret> found = sideBySide(group, lanes, first, except, hello);
    aGroup = after(aGroup, (System.nanoTime() - began) / blocks);
    return found;
  }

  private static double after(double pace, double last) {
    return last < pace || pace == 0
        ? last
        : pace + (Math.min(last, 2 * pace) - pace) * SLOWER_WEIGHT;
  }

  /** One way. */
  Optional<LiveSecret> oneByOne(
      SecretIndex.Group group, int first, Set<LiveSecret> except, ClientHello hello) {
    made = 0;
    for (int i = first; i < group.secrets().size(); i++) {
      LiveSecret secret = group.secrets().get(i);
      if (!except.contains(secret)) {
        made++;
        if (match(secret, hello)) {
          return Optional.of(secret);
        }
      }
    }
    return Optional.empty();
  }

  /** The other way, which takes as long for some of a group as for all. */
  Optional<LiveSecret> sideBySide(
      SecretIndex.Group group,
      KeyLanes lanes,
      int first,
      Set<LiveSecret> except,
      ClientHello hello) {
    HelloSweep mine = sweep;
    if (mine == null) {
      mine = new HelloSweep(); // event loops never need one
      sweep = mine;
    }
    if (!isSwept) {
      mine.message(hello.signedBytes());
      isSwept = true;
    }
    mine.under(lanes);
    for (int i = first; i < group.secrets().size(); i++) {
      LiveSecret secret = group.secrets().get(i);
      if (mine.mayMatch(i, hello) && !except.contains(secret) && match(secret, hello)) {
        return Optional.of(secret);
      }
    }
    return Optional.empty();
  }
}
