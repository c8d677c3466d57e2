package io.doppelfleet.bench.micro;

import io.doppelfleet.fleet.address.PrefixSet;
import io.doppelfleet.fleet.address.Prefixes;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Whether a list of a million prefixes has an address; half of those that are asked are in it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = Micro.FLAG)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Listed {
  private static final int PREFIXES = 1_000_000;

  /** So many that they and what they lead to are in no cache of the processor's. */
  private static final int ASKED = 1 << 18;

  private static final long IPV4 = 0xffff_0000_0000L;

  /** What the list has. */
  @Param public Kind kind = Kind.IPV4;

  private final long[] highs = new long[ASKED];
  private final long[] lows = new long[ASKED];
  private PrefixSet set = PrefixSet.EMPTY;
  private int next;

  /** What lists have. */
  public enum Kind {
    /** IPv4 addresses. */
    IPV4,
    /** IPv6 networks of subscribers. */
    SITES,
    /** IPv6 addresses. */
    IPV6,
    /** IPv6 addresses that are made to have as many nodes above each as can be, 32 and more. */
    COMB;

    private long high(long any) {
      return switch (this) {
        case IPV4 -> 0;
        case SITES, IPV6 -> 0x2000_0000_0000_0000L | (any >>> 3);
        case COMB -> (any & 0x7fff) * 0x9e37_79b9_7f4a_7c15L;
      };
    }

    private long low(long any) {
      return switch (this) {
        case IPV4 -> Listed.IPV4 | (any & 0xffff_ffffL);
        case SITES, IPV6 -> any;
        case COMB -> 3L << (2 * (any & 31));
      };
    }

    private int length() {
      return this == SITES ? 64 : 128;
    }
  }

  /** Makes the list, and says what memory it takes. */
  @Setup
  public void make() {
    SplittableRandom random = new SplittableRandom(25);
    Prefixes prefixes = new Prefixes();
    for (int i = 0; i < PREFIXES; i++) {
      long high = kind.high(random.nextLong());
      long low = kind.low(random.nextLong());
      prefixes.add(high, low, kind.length());
      if (i < ASKED) {
        highs[i] = i % 2 == 0 ? high : kind.high(random.nextLong());
        lows[i] = i % 2 == 0 ? low : kind.low(random.nextLong());
      }
    }
    set = prefixes.toSet();
    System.out.printf("%,d prefixes of %s take %,d bytes%n", set.count(), kind, set.bytes());
  }

  /** One address. */
  @Benchmark
  public boolean contains() {
    next = (next + 1) & (ASKED - 1);
    return set.contains(highs[next], lows[next]);
  }
}
