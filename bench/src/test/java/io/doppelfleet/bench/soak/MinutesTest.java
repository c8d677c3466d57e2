package io.doppelfleet.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class MinutesTest {
  private static Minutes.Memory of(long... resident) {
    return minutes(resident).memory(Minutes.Row::resident, 0);
  }

  private static Minutes minutes(long... resident) {
    Minutes minutes = new Minutes();
    for (long each : resident) {
      minutes.add(new Minutes.Row(each, 2 * each, 3 * each, 0, 0, 0, 0, 0, 0, 0, 0));
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
    assertThat(of(1, 100).growth()).isZero();
  }

  @Test
  void eachProcessHasItsOwnAndATimeMayBeginLater() {
    Minutes minutes = minutes(1, 1, 1, 1, 50, 90, 95, 100, 105, 110, 115, 120);
    Minutes.Memory other = minutes.memory(Minutes.Row::other, 4);
    assertThat(other.slope()).isEqualTo(10);
    assertThat(other.resident()).isEqualTo(215);
    assertThat(other.growth()).isCloseTo(60.0 / 215, within(1e-9));
    assertThat(minutes.memory(Minutes.Row::control, 4).slope()).isEqualTo(15);
  }
}
