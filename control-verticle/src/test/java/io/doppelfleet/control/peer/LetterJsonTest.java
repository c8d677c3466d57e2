package io.doppelfleet.control.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doppelfleet.fleet.InvalidValueException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What letters may say; what older versions' said is among the launcher's forms. */
final class LetterJsonTest {
  private static byte[] dividing(long term) {
    Letter.Speaker speaker = new Letter.Speaker(1, null, term, "challenge", Map.of());
    return LetterJson.write(
        new Letter(
            speaker, List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), false));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, Letter.Speaker.LAST_TERM})
  void aTermIsReadAsItWasSaid(long term) {
    Letter letter = Objects.requireNonNull(LetterJson.read(dividing(term)));
    assertThat(letter.speaker().divides()).isEqualTo(term);
  }

  /** There would be none after it. */
  @Test
  void aLetterWithATermThatNobodyComesToIsNone() {
    assertThatThrownBy(() -> LetterJson.read(dividing(Long.MAX_VALUE)))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("would be right");
  }
}
