package io.doppelfleet.proxy.doppel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class RecentAnswersTest {
  private static final long NOW = -5; // the clock may begin anywhere
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final RecentAnswers answers = new RecentAnswers(new Random(1));

  @Test
  void aFewSayNothing() {
    assertThat(answers.draw(NOW)).isZero();
    add(7, NOW);
    assertThat(answers.draw(NOW)).isZero();
    add(1, NOW);
    assertThat(answers.draw(NOW)).isBetween(100L, 107L);
  }

  @Test
  void allOfLateAreDrawnFromAndNoOlderOnes() {
    add(10, NOW - MINUTE - 1);
    assertThat(answers.draw(NOW)).isZero();
    for (int i = 0; i < 9; i++) {
      answers.add(NOW - MINUTE, 200_000 + i * 1_000);
    }
    assertThat(draws()).allMatch(wait -> wait >= 200_000 && wait <= 208_000);
    assertThat(draws().stream().map(wait -> wait / 1_000).distinct())
        .contains(200L, 201L, 202L, 203L, 204L, 205L, 206L, 207L);
  }

  @Test
  void noWaitIsDrawnAgainAndAgain() {
    for (int i = 0; i < 8; i++) {
      answers.add(NOW, 50_000_000 + i * 1_000_000);
    }
    assertThat(draws()).hasSizeGreaterThan(1_900);
  }

  @Test
  void sixteenAreKeptTheLastOnes() {
    for (int i = 0; i < 1_000; i++) {
      answers.add(NOW, 1 + i);
    }
    assertThat(draws()).hasSize(16).allMatch(wait -> wait > 984);
  }

  private List<Long> draws() {
    return Stream.generate(() -> answers.draw(NOW)).limit(2_000).distinct().toList();
  }

  private void add(int count, long when) {
    for (int i = 0; i < count; i++) {
      answers.add(when, 100 + i);
    }
  }
}
