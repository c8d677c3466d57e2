package io.doppelfleet.bench.stealth.stat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SeparationTest {
  @Test
  void samplesThatDoNotOverlapAreToldForCertainWhicheverIsAbove() {
    double[] low = {1, 2, 3};
    double[] high = {4, 5, 6, 7};

    assertThat(Separation.auc(low, high)).isEqualTo(1);
    assertThat(Separation.auc(high, low)).isEqualTo(1);
  }

  @Test
  void equalSamplesTellNothing() {
    double[] one = {1, 2, 2, 3};

    assertThat(Separation.auc(one, one.clone())).isEqualTo(0.5);
    assertThat(Separation.auc(one, new double[0])).isEqualTo(0.5);
  }

  @Test
  void aShiftIsToldAsWellAsItStandsOutOfTheNoise() {
    SplittableRandom random = new SplittableRandom(1);
    double[] one = Separation.jittered(new double[4000], 1, random);
    double[] other = Separation.jittered(new double[4000], 1, random);
    for (int i = 0; i < other.length; i++) {
      other[i] += 0.5;
    }

    // Of two even distributions half apart: 1 - 0.5 * 0.5^2.
    assertThat(Separation.auc(one, other)).isCloseTo(0.875, within(0.02));
  }
}
