package io.doppelfleet.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
  @Property(tries = 200)
  void aTimeIsReadAsItIsWritten(@ForAll @IntRange(min = 0, max = 900_000_000) int millis) {
    Duration time = Duration.ofMillis(millis);
    assertThat(Quantity.duration(Quantity.written(time))).isEqualTo(time);
  }

  @Property(tries = 200)
  void aSizeIsReadAsItIsWritten(@ForAll @IntRange(min = 0, max = 900_000_000) int bytes) {
    assertThat(Quantity.bytes(Quantity.written(bytes))).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "-5s", "5 s", "5S", "1.5s", "5w", "9999999999s"})
  void aTimeWithoutAKnownUnitIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Quantity.duration(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "KiB", "-5KiB", "5KB", "5kib", "0.5MiB", "2048MiB"})
  void aSizeWithoutAKnownUnitIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Quantity.bytes(text));
  }
}
