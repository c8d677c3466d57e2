package io.doppelfleet.proxy.greeting;

import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloDigest;
import io.doppelfleet.proxy.hello.HelloSweep;
import io.doppelfleet.proxy.hello.KeyLanes;
import java.util.Optional;
import java.util.Set;

/**
 * Tries secrets against one hello after the other. Those of a large group are tried side by side or
 * one by one, whichever was faster of late: by vector instructions the first is more than twice as
 * fast as a processor that computes SHA-256 itself, but it is several times as slow where there are
 * none, or while the compiler hasn't come to it. For one thread.
 */
final class Trials {
  /** One group in so many is tried the other way, to see whether that is faster by now. */
  private static final int OTHER_WAY_EVERY = 64;

  /** So much counts of what a group took longer than those before; what it took less, at once. */
  private static final double SLOWER_WEIGHT = 1.0 / 16;

  private final HelloDigest digest = new HelloDigest();
  private final HelloSweep sweep = new HelloSweep();
  private boolean isSwept;
  private int groups;

  /** Nanoseconds for a block of a hello with a secret, when they are tried one by one. */
  private double pace;

  /** The same with a group side by side. */
  private double groupPace;

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
    KeyLanes lanes = group.lanes();
    if (lanes == null) {
      return oneByOne(group, first, except, hello);
    }
    int blocks = hello.signedBytes().length / 64 + 1;
    int trials = group.secrets().size() - first;
    boolean otherWay = ++groups % OTHER_WAY_EVERY == 0;
    long began = System.nanoTime();
    if (pace * trials < groupPace ^ otherWay) {
      Optional<LiveSecret> found = oneByOne(group, first, except, hello);
      pace = after(pace, (double) (System.nanoTime() - began) / blocks / trials);
      return found;
    }
    Optional<LiveSecret> found = sideBySide(group, lanes, first, except, hello);
    groupPace = after(groupPace, (double) (System.nanoTime() - began) / blocks);
    return found;
  }

  private static double after(double pace, double last) {
    return last < pace || pace == 0 ? last : pace + (last - pace) * SLOWER_WEIGHT;
  }

  private Optional<LiveSecret> oneByOne(
      SecretIndex.Group group, int first, Set<LiveSecret> except, ClientHello hello) {
    for (int i = first; i < group.secrets().size(); i++) {
      LiveSecret secret = group.secrets().get(i);
      if (!except.contains(secret) && match(secret, hello)) {
        return Optional.of(secret);
      }
    }
    return Optional.empty();
  }

  private Optional<LiveSecret> sideBySide(
      SecretIndex.Group group,
      KeyLanes lanes,
      int first,
      Set<LiveSecret> except,
      ClientHello hello) {
    if (!isSwept) {
      sweep.message(hello.signedBytes());
      isSwept = true;
    }
    sweep.under(lanes);
    for (int i = first; i < group.secrets().size(); i++) {
      LiveSecret secret = group.secrets().get(i);
      if (sweep.mayMatch(i, hello) && !except.contains(secret) && match(secret, hello)) {
        return Optional.of(secret);
      }
    }
    return Optional.empty();
  }
}
