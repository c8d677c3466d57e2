package io.doppelfleet.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ProgressTest {
  private final StringWriter err = new StringWriter();

  private int take(boolean terminal) throws Exception {
    try (Progress progress = Progress.on(new PrintWriter(err), terminal)) {
      return progress.during(
          "importing 5000 secrets",
          () -> {
            Thread.sleep(1_300);
            return 7;
          });
    }
  }

  @Test
  void aTerminalIsToldEachSecondHowLongItHasTakenAndIsLeftWithoutTheLine() throws Exception {
    assertThat(take(true)).isEqualTo(7);
    assertThat(err.toString()).isEqualTo("\r\u001b[Kimporting 5000 secrets, 1 s\r\u001b[K");
  }

  @Test
  void whereThereIsNoneNothingIsSaid() throws Exception {
    assertThat(take(false)).isEqualTo(7);
    assertThat(err.toString()).isEmpty();
  }
}
