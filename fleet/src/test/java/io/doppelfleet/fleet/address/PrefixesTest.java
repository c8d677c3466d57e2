package io.doppelfleet.fleet.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import io.doppelfleet.fleet.Prefix;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sets of prefixes say the same as each prefix asked, and are as small as is said. */
final class PrefixesTest {
  private static final BigInteger ALL = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);
  private static final BigInteger MAPPED = BigInteger.valueOf(0xffff).shiftLeft(32);

  /** Whether an address is in a prefix, by arithmetic alone. */
  private record Naive(BigInteger first, int length) {
    static Naive of(BigInteger address, int length) {
      return new Naive(address.shiftRight(128 - length).shiftLeft(128 - length), length);
    }

    BigInteger last() {
      return first.add(BigInteger.ONE.shiftLeft(128 - length)).subtract(BigInteger.ONE);
    }

    boolean has(BigInteger address) {
      boolean meant = !isIpv4(address) || (isIpv4(first) && length >= 96);
      return meant && first.compareTo(address) <= 0 && last().compareTo(address) >= 0;
    }
  }

  private static boolean isIpv4(BigInteger address) {
    return address.shiftRight(32).equals(MAPPED.shiftRight(32));
  }

  private static AddressBits bits(BigInteger address) {
    return new AddressBits(address.shiftRight(64).longValue(), address.longValue());
  }

  private static boolean has(PrefixSet set, BigInteger address) {
    AddressBits bits = bits(address);
    return set.contains(bits.high(), bits.low());
  }

  /** Of few values in the first bits, so that many share them, and any length. */
  private static Naive any(SplittableRandom random, int spread) {
    boolean four = random.nextBoolean();
    BigInteger address = new BigInteger(128, new Random(random.nextLong()));
    if (four) {
      int first = random.nextInt(spread) << 24 | random.nextInt(1 << 24);
      return Naive.of(MAPPED.or(BigInteger.valueOf(first & 0xffffffffL)), 96 + length(random, 32));
    }
    int free = 128 - 1 - random.nextInt(60);
    BigInteger shared = BigInteger.valueOf(random.nextInt(spread)).shiftLeft(free);
    return Naive.of(
        shared.or(address.and(ALL.shiftRight(128 - free))).and(ALL), length(random, 128));
  }

  /** Long ones mostly, as in lists: short ones would have all the others in them. */
  private static int length(SplittableRandom random, int most) {
    return random.nextInt(10) == 0 ? random.nextInt(most + 1) : most - random.nextInt(most / 2);
  }

  @Property(tries = 100)
  void aSetSaysTheSameAsEachOfItsPrefixes(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 200) int count) {
    SplittableRandom random = new SplittableRandom(seed);
    int spread = 1 + random.nextInt(8);
    List<Naive> naive = new ArrayList<>();
    Prefixes prefixes = new Prefixes();
    for (int i = 0; i < count; i++) {
      Naive next = any(random, spread);
      naive.add(next);
      AddressBits inside =
          bits(
              next.first()
                  .or(
                      BigInteger.valueOf(random.nextLong() & Long.MAX_VALUE)
                          .and(next.last().xor(next.first()))));
      prefixes.add(inside.high(), inside.low(), next.length());
    }
    assertThat(prefixes.count()).isEqualTo(count);
    PrefixSet set = prefixes.toSet();
    assertThat(set.count()).isLessThanOrEqualTo(count);
    List<BigInteger> asked = new ArrayList<>();
    for (Naive each : naive) {
      asked.add(each.first());
      asked.add(each.last());
      asked.add(each.first().subtract(BigInteger.ONE).and(ALL));
      asked.add(each.last().add(BigInteger.ONE).and(ALL));
      asked.add(any(random, spread).last());
    }
    for (BigInteger address : asked) {
      assertThat(has(set, address))
          .as("%x", address)
          .isEqualTo(naive.stream().anyMatch(each -> each.has(address)));
    }
  }

  @Property(tries = 300)
  void aRangeHasAllFromItsFirstToItsLastAndNoOthers(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Naive one = any(random, 2);
    Naive other = any(random, 2);
    boolean four = isIpv4(one.first());
    if (four != isIpv4(other.first())) {
      return;
    }
    BigInteger first = one.first().min(other.first());
    BigInteger last = one.first().max(other.first());
    Prefixes prefixes = new Prefixes();
    prefixes.addRange(bits(first), bits(last));
    assertThat(prefixes.count()).isBetween(1, 254);
    PrefixSet set = prefixes.toSet();
    BigInteger middle = first.add(last).shiftRight(1);
    for (BigInteger address : List.of(first, last, middle)) {
      assertThat(has(set, address)).isEqualTo(four == isIpv4(address));
    }
    assertThat(has(set, first.subtract(BigInteger.ONE).and(ALL))).isFalse();
    assertThat(has(set, last.add(BigInteger.ONE).and(ALL))).isFalse();
  }

  @Test
  void aRangeOfAllIsOnePrefixAndOneTheWrongWayRoundIsRefused() {
    AddressBits none = AddressBits.of(InetAddress.ofLiteral("::"));
    AddressBits all =
        AddressBits.of(InetAddress.ofLiteral("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
    Prefixes prefixes = new Prefixes();
    prefixes.addRange(none, all);
    prefixes.addRange(
        AddressBits.of(InetAddress.ofLiteral("0.0.0.0")),
        AddressBits.of(InetAddress.ofLiteral("255.255.255.255")));
    assertThat(prefixes.count()).isEqualTo(2);
    PrefixSet set = prefixes.toSet();
    assertThat(set.share(Prefix.parse("0.0.0.0/0"))).isEqualTo(1);
    assertThat(set.share(Prefix.parse("::/0"))).isEqualTo(1);
    assertThatIllegalArgumentException().isThrownBy(() -> prefixes.addRange(all, none));
  }

  @Property(tries = 300)
  void twoPrefixesOverlapWhereOneIsInTheOther(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Naive> naive = new ArrayList<>();
    Prefixes prefixes = new Prefixes();
    for (int i = 0; i < 5; i++) {
      Naive next = any(random, 2);
      naive.add(next);
      prefixes.add(bits(next.first()).high(), bits(next.first()).low(), next.length());
    }
    PrefixSet set = prefixes.toSet();
    for (int i = 0; i < 20; i++) {
      Naive asked = any(random, 2);
      boolean four = isIpv4(asked.first()) && asked.length() >= 96;
      if (isIpv4(asked.first()) && !four) {
        continue; // no Prefix says that
      }
      assertThat(set.overlaps(prefix(asked)))
          .isEqualTo(
              naive.stream()
                  .filter(each -> (isIpv4(each.first()) && each.length() >= 96) == four)
                  .anyMatch(
                      each ->
                          each.first().compareTo(asked.last()) <= 0
                              && each.last().compareTo(asked.first()) >= 0));
    }
  }

  private static Prefix prefix(Naive naive) {
    byte[] bytes = new byte[17];
    byte[] number = naive.first().toByteArray();
    System.arraycopy(number, 0, bytes, 17 - number.length, number.length);
    try {
      return isIpv4(naive.first())
          ? new Prefix(
              InetAddress.getByAddress(Arrays.copyOfRange(bytes, 13, 17)), naive.length() - 96)
          : new Prefix(InetAddress.getByAddress(Arrays.copyOfRange(bytes, 1, 17)), naive.length());
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a list may be made of. */
  enum Kind {
    /** IPv4 addresses from everywhere. */
    IPV4,
    /** IPv4 prefixes that stand close together. */
    DENSE,
    /** IPv6 networks of subscribers. */
    SITES,
    /** IPv6 addresses from everywhere that is given out. */
    IPV6,
    /** As a stranger would have them to make the trie large: each bit parts few from many. */
    COMB,
    /** The same, with a node of five numbers for each prefix and 32 of them above each other. */
    COMB_OF_TWO_BITS;

    void add(int i, SplittableRandom random, PrefixSink to) {
      long any = random.nextLong();
      long given = 0x2000_0000_0000_0000L | any >>> 3;
      switch (this) {
        case IPV4 -> to.add(0, MAPPED.longValue() | (any & 0xffffffffL), 128);
        case DENSE -> to.add(0, MAPPED.longValue() + (5L << 24) + i * 4L, 96 + 30);
        case SITES -> to.add(given, 0, 64);
        case IPV6 -> to.add(given, random.nextLong(), 128);
        case COMB -> {
          int tooth = i % 64;
          to.add((i / 64) * 0x9e37_79b9_7f4a_7c15L, 1L << tooth, 128);
        }
        case COMB_OF_TWO_BITS -> {
          int tooth = i % 32;
          to.add((i / 32) * 0x9e37_79b9_7f4a_7c15L, 3L << (2 * tooth), 128);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aMillionTakeAtMost40MbAndMakeNoGarbage(Kind kind) {
    PrefixCount count = new PrefixCount();
    fill(kind, count);
    Prefixes prefixes = new Prefixes(count);
    fill(kind, prefixes);
    PrefixSet set = prefixes.toSet();
    System.out.printf("%s: %,d bytes%n", kind, set.bytes());
    SplittableRandom random = new SplittableRandom(9);
    assertThat(set.count()).isGreaterThan(999_000);
    assertThat(set.bytes()).isLessThanOrEqualTo(count.bytes()).isLessThan(40_000_000);
    long before = allocated();
    int found = 0;
    for (int i = 0; i < 100_000; i++) {
      found += set.contains(0x2000_0000_0000_0000L | random.nextLong() >>> 3, i) ? 1 : 0;
      found += set.contains(0, 0xffff_0000_0000L | random.nextInt()) ? 1 : 0;
    }
    assertThat(allocated() - before).isLessThan(50_000); // the compiler's, not ours
    assertThat(found).isLessThan(200_000);
  }

  private static void fill(Kind kind, PrefixSink to) {
    SplittableRandom random = new SplittableRandom(8);
    for (int i = 0; i < 1_000_000; i++) {
      kind.add(i, random, to);
    }
  }

  @Test
  void theSameAreTheSameHoweverTheyCame() {
    PrefixSet one = set("10.0.0.0/8 2001:db8::/32");
    assertThat(set("2001:db8::/32 10.0.0.0/8 10.1.0.0/16 2001:db8::7").isSame(one)).isTrue();
    assertThat(set("10.0.0.0/9 2001:db8::/32").isSame(one)).isFalse();
    assertThat(set("10.0.0.0/8").isSame(one)).isFalse();
    assertThat(set("10.0.0.0/8 2001:db8::/32 ::7").isSame(one)).isFalse();
  }

  @Test
  void aShareIsOfTheRangeThatIsAskedFor() {
    PrefixSet some = set("10.0.0.0/9 10.192.0.0/10 2001:db8::/33");
    assertThat(some.share(Prefix.parse("10.0.0.0/8"))).isEqualTo(0.75);
    assertThat(some.share(Prefix.parse("10.1.0.0/16"))).isEqualTo(1);
    assertThat(some.share(Prefix.parse("10.128.0.0/16"))).isZero();
    assertThat(some.share(Prefix.parse("10.0.0.0/7"))).isEqualTo(0.375);
    assertThat(some.share(Prefix.parse("2001:db8::/32"))).isEqualTo(0.5);
    assertThat(some.isWithin(set("10.0.0.0/8 2001:db8::/32"))).isTrue();
    assertThat(some.isWithin(set("10.0.0.0/8 2001:db8::/34"))).isFalse();
    assertThat(some.isWithin(set("10.0.0.0/8"))).isFalse();
  }

  @Test
  void aRangeIsWithinOthersThatHaveItsAddressesTogether() {
    PrefixSet range = set("10.0.0.0/8");
    assertThat(range.isWithin(set("9.0.0.0/8 10.0.0.0/9 10.128.0.0/10 10.192.0.0/10"))).isTrue();
    assertThat(range.isWithin(set("10.0.0.0/9 10.128.0.0/10 10.192.0.0/11 11.0.0.0/8"))).isFalse();
    assertThat(range.isWithin(set("10.0.0.1 10.0.0.2/31 10.128.0.0/9"))).isFalse();
    assertThat(range.isWithin(set("10.0.0.0/9 10.128.0.1 10.192.0.0/10"))).isFalse();
    assertThat(set("2001:db8::/63").isWithin(set("2001:db8::/64 2001:db8:0:1::/64"))).isTrue();
    assertThat(set("2001:db8::/63").isWithin(set("2001:db8::/64 2001:db8:0:1::/65"))).isFalse();
    assertThat(set("::/0").isWithin(set("::/1 8000::/1"))).isTrue();
    assertThat(set("255.0.0.0/8").isWithin(set("255.0.0.0/9 255.128.0.0/9"))).isTrue();
  }

  private static PrefixSet set(String prefixes) {
    return PrefixSet.of(Arrays.stream(prefixes.split(" ")).map(Prefix::parse).toList());
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
