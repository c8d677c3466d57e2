package io.doppelfleet.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProcessorsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"0-1;0;1", "0-3,8;0,1;2,3,8", "2,4;2;4", "5;5;5"})
  void theNodeHasTheFirstHalfAndAllOthersTheRest(String allowed, String node, String others) {
    assertThat(Processors.share(allowed)).isEqualTo(new Processors(node, others));
  }

  @Test
  void thoseOfThisProcessAreKnown() throws IOException {
    assertThat(Processors.share().node()).isNotEmpty();
  }
}
