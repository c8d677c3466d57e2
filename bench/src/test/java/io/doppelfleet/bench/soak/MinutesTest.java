package io.doppelfleet.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class MinutesTest {
  private static Minutes of(long... resident) {
    Minutes minutes = new Minutes();
    for (long each : resident) {
      minutes.add(new Minutes.Row(each, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }
    return minutes;
  }

  @Test
  void theFirstQuarterIsNoGrowth() {
    assertThat(of(10, 90, 100, 100, 100, 100, 100, 100).slope()).isZero();
    assertThat(of(10, 90, 100, 100, 100, 100, 100, 100).resident()).isEqualTo(100);
  }

  @Test
  void whatGrowsEachMinuteIsTheSlopeWhateverItSwings() {
    assertThat(of(1, 1, 100, 107, 114, 121, 128, 135).slope()).isEqualTo(7);
    assertThat(of(1, 1, 103, 104, 117, 118, 131, 132).slope()).isCloseTo(6.5, within(0.5));
  }

  @Test
  void ofTwoMinutesNothingIsKnown() {
    assertThat(of(1, 100).slope()).isZero();
  }
}
