package io.doppelfleet.fleet.hello;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HelloPart;
import io.doppelfleet.fleet.HelloTokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** What was met is known again for as long as was promised, and whoever makes tokens. */
class KnownTokensTest {
  private static final int WINDOW = 240;

  private static KnownTokens known(int most) {
    return new KnownTokens(most, WINDOW, random());
  }

  /** The same each time: by chance a few may have to go sooner. */
  private static RandomGenerator random() {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(7);
  }

  /** All parts, each of which is bounded. */
  private static List<Long> since(KnownTokens known, int second) {
    List<Long> all = new ArrayList<>();
    int from = 0;
    while (from != HelloPart.END) {
      HelloPart part = known.since(second, from);
      assertThat(part.next()).isGreaterThan(from);
      assertThat(part.tokens().size()).isLessThanOrEqualTo(HelloPart.MOST);
      part.tokens().stream().forEach(all::add);
      from = part.next();
    }
    return all;
  }

  @Provide
  Arbitrary<List<Long>> few() {
    return Arbitraries.longs().between(0, 300).list().ofMaxSize(900);
  }

  @Property(tries = 100)
  void withRoomItIsASet(@ForAll("few") List<Long> tokens) {
    KnownTokens known = known(1 << 16);
    Set<Long> model = new HashSet<>();
    for (long token : tokens) {
      assertThat(known.has(token)).isEqualTo(model.contains(token));
      assertThat(known.add(token, model.size())).isEqualTo(model.add(token));
    }
    assertThat(since(known, 0)).containsExactlyInAnyOrderElementsOf(model);
    assertThat(known.forgotten()).isZero();
  }

  /**
   * Each shelf forgets its oldest, so a newer one is known as long as an older one of its shelf.
   */
  @Property(tries = 50)
  void withoutRoomTheNewestAreKnown(@ForAll("few") List<Long> tokens) {
    KnownTokens known = known(1_024);
    int second = 0;
    for (int round = 0; round < 6; round++) {
      for (long token : tokens) {
        long each = token * 6 + round;
        known.add(each, second);
        assertThat(known.has(each)).isTrue();
      }
      second++;
    }
    List<Long> all = since(known, 0);
    assertThat(all).hasSizeLessThanOrEqualTo(1_024);
    for (long token : all) {
      assertThat(known.has(token)).isTrue();
    }
  }

  @Test
  void aThousandASecondAreEachKnownForFourMinutesAndMore() {
    RandomGenerator random = random();
    random.nextLong(); // or the tokens were like the places
    KnownTokens known = known(HelloTokens.MOST);
    long[] all = random.longs(900_000, 0, 1L << 48).toArray();
    for (int i = 0; i < all.length; i++) {
      known.add(all[i], i / 1_000);
      if (i >= 240_000 && i % 7 == 0) {
        assertThat(known.has(all[i - 240_000])).isTrue();
      }
    }
    assertThat(known.forgotten()).isZero();
    assertThat(known.has(all[0])).isFalse();
    assertThat(since(known, 0)).hasSizeLessThanOrEqualTo(HelloTokens.MOST);
    Set<Long> late = new HashSet<>();
    Arrays.stream(all, 899_000, 900_000).forEach(late::add);
    assertThat(since(known, 899)).containsExactlyInAnyOrderElementsOf(late);
  }

  @Test
  void whatHasToGoBeforeItsTimeIsCounted() {
    KnownTokens known = known(1_024);
    for (int i = 0; i < 2_048; i++) {
      known.add(i, 0);
    }
    assertThat(known.forgotten()).isGreaterThanOrEqualTo(1_024);
    KnownTokens slow = known(1_024);
    for (int i = 0; i < 10_000; i++) {
      slow.add(i, 4 * i);
    }
    assertThat(slow.forgotten()).isZero();
  }

  /**
   * Of as many as a node may make in four minutes, however it chooses them, none takes the place of
   * another's.
   */
  @Test
  void whoeverMakesTokensCanNotChooseWhichOthersGo() {
    List<LongUnaryOperator> patterns =
        List.of(
            i -> i << 24,
            i -> i,
            i -> i << 6,
            i -> i << 16,
            i -> i << 28 & (1L << 48) - 1,
            i -> i * 0x10001);
    for (LongUnaryOperator pattern : patterns) {
      KnownTokens known = known(HelloTokens.MOST);
      long[] others = {0x7fff_0000_0001L, 0x7fff_0000_0002L, 0x123456789abcL, 0xffffffL};
      for (long other : others) {
        known.add(other, 0);
      }
      for (int i = 0; i < 200_000; i++) {
        known.add(pattern.applyAsLong(i), 1);
      }
      for (long other : others) {
        assertThat(known.has(other)).isTrue();
      }
      assertThat(known.forgotten()).isZero();
    }
  }

  /** The parts are full, but for a half of a shelf: so there are no more than have to be. */
  @Test
  void allThatThereIsRoomForIsToldInSomeSeventyParts() {
    KnownTokens known = known(HelloTokens.MOST);
    for (int i = 0; i < 240_000; i++) {
      known.add(i, i / 1_000);
    }
    int parts = 0;
    for (int from = 0; from != HelloPart.END; parts++) {
      from = known.since(0, from).next();
    }
    assertThat(parts).isBetween(60, 128);
    assertThat(since(known, 0)).hasSize(240_000).doesNotHaveDuplicates();
    assertThat(known.since(0, HelloPart.END)).isEqualTo(HelloPart.NONE);
  }

  @Test
  void manyThreadsRememberWhatEachOfThemMet() throws Exception {
    KnownTokens known = known(1 << 17);
    Thread[] threads = new Thread[4];
    int[] first = new int[threads.length];
    for (int t = 0; t < threads.length; t++) {
      int own = t;
      threads[t] =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < 50_000; i++) {
                      first[own] += known.add(i, i / 1_000) ? 1 : 0;
                    }
                  });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(Arrays.stream(first).sum()).isEqualTo(50_000);
    assertThat(since(known, 0)).hasSize(50_000);
  }
}
