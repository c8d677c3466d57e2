package io.doppelfleet.control.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.LimitQuestion.Rate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** How a secret's rate is divided among nodes, which hear of their shares one after another. */
class RateSharesTest {
  private static final int LIMIT = 10_000;

  private final RateShares shares = new RateShares();
  private long now = Long.MAX_VALUE - 1; // nanoTime may be anywhere

  private static long[] rounds(RateShares divided, int limit, List<Integer> wanted, int count) {
    long[] held = new long[wanted.size()];
    for (int round = 0; round < count; round++) {
      for (int i = 0; i < held.length; i++) {
        held[i] = divided.grant("alice", limit, "node-" + i, new Rate(wanted.get(i), held[i]), 0);
      }
    }
    return held;
  }

  private long ask(String node, long wanted, long held) {
    return shares.grant("alice", LIMIT, node, new Rate(wanted, held), now);
  }

  @Property(tries = 500)
  void afterSomeRoundsAllTogetherHaveTheLimitAndEachWhatItWantsOrAsMuchAsAnyOther(
      @ForAll @IntRange(min = 1_024, max = 1 << 30) int limit,
      @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 1 << 30) Integer> wanted) {
    long[] held = rounds(new RateShares(), limit, wanted, 6);
    long sum = LongStream.of(held).sum();
    assertThat(sum).isBetween((long) limit - 2L * held.length, (long) limit);
    long most = Arrays.stream(held).max().orElseThrow();
    for (int i = 0; i < held.length; i++) {
      assertThat(held[i])
          .isGreaterThanOrEqualTo(Math.min(wanted.get(i), limit / held.length) - held.length);
      if (held[i] < wanted.get(i) - held.length) {
        assertThat(held[i]).isGreaterThanOrEqualTo(most - 2L * held.length);
      }
    }
  }

  @Property(tries = 500)
  void whoeverBeginsAndStopsAllTogetherHaveNoMoreBesideTheLimitThanTheirLeastParts(
      @ForAll @Size(max = 60) List<@IntRange(max = 9_999) Integer> steps) {
    RateShares divided = new RateShares();
    long[] held = new long[5];
    for (int step : steps) {
      int which = step % held.length;
      long wanted = step / held.length % 3 == 0 ? 0 : step;
      held[which] =
          divided.grant("alice", LIMIT, "node-" + which, new Rate(wanted, held[which]), 0);
      assertThat(LongStream.of(held).sum()).isLessThanOrEqualTo(LIMIT + leastParts(held.length));
    }
  }

  /** Of all nodes but the first, which begin one after the other. */
  private static long leastParts(int nodes) {
    return IntStream.rangeClosed(2, nodes).mapToLong(n -> LIMIT / (4L * n)).sum();
  }

  /** After a control's restart they come all at once, and the first has all for the moment. */
  @Test
  void howeverManyBeginEachHasAQuarterOfAnEqualPartAtOnce() {
    for (int nodes = 1; nodes <= 40; nodes++) {
      assertThat(ask("node-" + nodes, LIMIT, 0)).isGreaterThanOrEqualTo(LIMIT / (4L * nodes));
    }
  }

  @Test
  void whoBeginsHasAQuarterOfAnEqualPartAtOnceAndAllOfItWhenTheOtherHasHeardOfIt() {
    assertThat(ask("paris", LIMIT, 0)).isEqualTo(LIMIT);
    assertThat(ask("oslo", LIMIT, 0)).isEqualTo(LIMIT / 8);
    assertThat(ask("paris", LIMIT, LIMIT)).isEqualTo(LIMIT / 2);
    assertThat(ask("oslo", LIMIT, LIMIT / 8)).isEqualTo(LIMIT / 8); // paris may not have heard
    assertThat(ask("paris", LIMIT, LIMIT / 2)).isEqualTo(LIMIT / 2);
    assertThat(ask("oslo", LIMIT, LIMIT / 8)).isEqualTo(LIMIT / 2);
  }

  @Test
  void whatANodeWantsNoMoreOrThatIsGoneHadTheOthersHave() {
    assertThat(ask("paris", LIMIT, 0)).isEqualTo(LIMIT);
    assertThat(ask("paris", 0, LIMIT)).isZero();
    assertThat(ask("oslo", LIMIT, 0)).isEqualTo(LIMIT);
    now += LimitBook.LEASE_NANOS - 1;
    assertThat(ask("rome", LIMIT, 0)).isEqualTo(LIMIT / 8);
    assertThat(ask("rome", 0, 0)).isZero();
    now++;
    assertThat(ask("rome", 1, 0)).isEqualTo(LIMIT);
  }
}
