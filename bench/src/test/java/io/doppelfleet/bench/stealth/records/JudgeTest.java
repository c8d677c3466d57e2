package io.doppelfleet.bench.stealth.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JudgeTest {
  private final SplittableRandom random = new SplittableRandom(8);

  @Test
  void anotherSizeOfFullRecordsIsSeen() {
    Judge judge = Judge.train(connections(16_401, 0), connections(16_379, 0));

    assertThat(judge.auc(connections(16_401, 0), connections(16_379, 0))).isGreaterThan(0.95);
  }

  @Test
  void gapsOfMillisecondsAreSeenWhereSizesAreTheSame() {
    Judge judge = Judge.train(connections(16_401, 0), connections(16_401, 5_000_000));

    assertThat(judge.auc(connections(16_401, 0), connections(16_401, 5_000_000)))
        .isGreaterThan(0.95);
  }

  @Test
  void twoRunsOfOneSourceAreNotToldApart() {
    Judge judge = Judge.train(connections(16_401, 0), connections(16_401, 0));

    assertThat(judge.auc(connections(16_401, 0), connections(16_401, 0))).isLessThan(0.68);
  }

  /** 80 of one response each: full records and a rest, 100 to 200 us apart, and a pause each. */
  private List<List<Response>> connections(int full, long pauseNanos) {
    List<List<Response>> all = new ArrayList<>();
    for (int i = 0; i < 80; i++) {
      List<Integer> sizes = new ArrayList<>();
      List<Long> nanos = new ArrayList<>();
      long at = 300_000L + random.nextInt(100_000);
      for (int left = 3 + random.nextInt(20); left >= 0; left--) {
        sizes.add(left > 0 ? full : 1 + random.nextInt(full - 1));
        nanos.add(at);
        at += 100_000L + random.nextInt(100_000) + pauseNanos;
      }
      all.add(List.of(new Response(sizes, nanos)));
    }
    return all;
  }
}
