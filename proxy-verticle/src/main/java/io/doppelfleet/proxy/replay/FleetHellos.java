package io.doppelfleet.proxy.replay;

import io.doppelfleet.fleet.HelloPart;
import io.doppelfleet.fleet.HelloTokens;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.hello.KnownTokens;
import io.doppelfleet.fleet.hello.TokenTurns;
import io.doppelfleet.proxy.greeting.OtherNodes;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloDigest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What hellos the fleet has met, and which of this node's own the others are to be told of. Those
 * of others and those of this node, which are in a file besides, take no room from each other. In
 * all it takes 7 MB at the most, 50 KB as long as nothing has come.
 */
public final class FleetHellos implements OtherNodes {
  /** Own ones that wait to be told, and those that may have to be told again. */
  static final int MOST_OWN = 1 << 14;

  /** Nothing else that a key is used for begins so: a hello does with 16, an answer is longer. */
  private static final byte[] PURPOSE = "doppelfleet hello 1\n".getBytes(StandardCharsets.US_ASCII);

  /** Bytes of a hello's random, but for the time, which can be rewritten without the secret. */
  private static final int DIGEST_BYTES = 28;

  private final ThreadLocal<HelloDigest> digests = ThreadLocal.withInitial(HelloDigest::new);
  private final TokenTurns turns = new TokenTurns(MOST_OWN);
  private final KnownTokens known;
  private final KnownTokens told;
  private final LongAdder heard = new LongAdder();
  private final int window;
  private final LongSupplier nanoTime;
  private final long start;

  /**
   * Knows none.
   *
   * @param tolerance how far a hello's time may be off, either way
   * @param random must be unpredictable
   */
  public FleetHellos(Duration tolerance, RandomGenerator random) {
    this(tolerance, random, System::nanoTime);
  }

  /** With a clock like {@link System#nanoTime}. */
  FleetHellos(Duration tolerance, RandomGenerator random, LongSupplier nanoTime) {
    this.window = Math.toIntExact(2 * tolerance.toSeconds());
    this.known = new KnownTokens(HelloTokens.MOST, window, random);
    this.told = new KnownTokens(MOST_OWN, window, random);
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  @Override
  public boolean first(ClientHello hello, NamedSecret secret) {
    long token = token(hello, secret.secret().key());
    if (known.has(token)) {
      return false;
    }
    turns.add(secret.name(), token);
    return true;
  }

  /**
   * Under the secret's key: nobody who sees it can tell whether a hello that he has seen is its,
   * unless he knows the secret, and then the hello has told him already.
   */
  private long token(ClientHello hello, byte[] key) {
    HelloDigest digest = digests.get();
    digest.message(PURPOSE, Arrays.copyOf(hello.random(), DIGEST_BYTES));
    return HelloTokens.first(digest.under(key));
  }

  /** What is told now, so many at most. */
  HelloTokens next(int most) {
    HelloTokens next = turns.next(most);
    int now = now();
    next.stream().forEach(token -> told.add(token, now));
    return next;
  }

  /**
   * A part of what was told as long ago as a hello may be good still: it may have been lost.
   *
   * @param from 0, or what the part before said
   */
  HelloPart told(int from) {
    return told.since(now() - window, from);
  }

  /** Other nodes have met these, or this one has. */
  void heard(HelloTokens tokens) {
    int now = now();
    heard.add(tokens.stream().filter(token -> known.add(token, now)).count());
  }

  private int now() {
    return (int) TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong() - start);
  }

  /** Hellos of the fleet that this node was told of. */
  public long heard() {
    return heard.sum();
  }

  /** Own hellos that others weren't told of, for there were too many. */
  public long untold() {
    return turns.dropped();
  }

  /** Hellos of the fleet that were forgotten, for want of room, when they may have been good. */
  public long forgotten() {
    return known.forgotten();
  }
}
