package io.doppelfleet.control.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.LimitQuestion.Rate;
import java.util.Arrays;
import java.util.List;
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

  private static long[] rounds(RateShares divided, int limit, List<Integer> wanted, int count) {
    long[] held = new long[wanted.size()];
    for (int round = 0; round < count; round++) {
      for (int i = 0; i < held.length; i++) {
        held[i] = divided.grant("alice", limit, "node-" + i, new Rate(wanted.get(i), held[i]));
      }
    }
    return held;
  }

  private long ask(String node, long wanted, long held) {
    return shares.grant("alice", LIMIT, node, new Rate(wanted, held));
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
  void whoeverBeginsAndStopsAllTogetherNeverHaveMoreThanAQuarterMore(
      @ForAll @Size(max = 60) List<@IntRange(max = 9_999) Integer> steps) {
    RateShares divided = new RateShares();
    long[] held = new long[5];
    for (int step : steps) {
      int which = step % held.length;
      long wanted = step / held.length % 3 == 0 ? 0 : step;
      held[which] = divided.grant("alice", LIMIT, "node-" + which, new Rate(wanted, held[which]));
      assertThat(LongStream.of(held).sum()).isLessThanOrEqualTo(LIMIT * 5L / 4 + held.length);
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
    shares.forget("oslo");
    assertThat(ask("rome", 1, 0)).isEqualTo(LIMIT);
  }
}
