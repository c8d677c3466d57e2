package io.doppelfleet.launcher.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class OneLineTest {
  @Test
  void anEventIsTimeLevelWhereAndWhat() {
    assertThat(line("listening", null))
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) WARN Relay: listening\n");
  }

  @Test
  void aThrowableWithItsCauseStaysOnTheLine() {
    assertThat(line("lost", new IllegalStateException("first\nsecond", new IOException("third"))))
        .matches(
            ".* WARN Relay: lost: IllegalStateException: first \\| second \\(at .*OneLineTest.* < .*\\);"
                + " because of IOException: third \\(.*\\)\n");
  }

  @Test
  void aMessageCannotForgeASecondLine() {
    assertThat(line("a\r\n2026 ERROR x: b", null))
        .endsWith("a | 2026 ERROR x: b\n")
        .hasLineCount(1);
  }

  @Test
  void librariesAreHeardFromWarningsOnAndWeFromInformationOn() {
    assertThat(LoggerFactory.getLogger("io.vertx.core").isInfoEnabled()).isFalse();
    assertThat(LoggerFactory.getLogger("io.netty").isWarnEnabled()).isTrue();
    assertThat(LoggerFactory.getLogger("io.doppelfleet.proxy.Relay").isInfoEnabled()).isTrue();
    assertThat(LoggerFactory.getLogger("io.doppelfleet.proxy.Relay").isDebugEnabled()).isFalse();
  }

  private static String line(String message, @Nullable Throwable thrown) {
    LoggerContext context = new LoggerContext();
    return new OneLine()
        .doLayout(
            new LoggingEvent(
                "",
                context.getLogger("io.doppelfleet.relay.Relay"),
                Level.WARN,
                message,
                thrown,
                null));
  }
}
