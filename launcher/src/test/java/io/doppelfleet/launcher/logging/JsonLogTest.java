package io.doppelfleet.launcher.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonLogTest {
  @Test
  void aLineIsAnObjectAndNothingIsSaidTwice() {
    String line = line("a \"word\"\nof two lines", new IllegalStateException("why"));
    assertThat(line).endsWith("\n").hasLineCount(1);
    JsonObject event = new JsonObject(line);
    assertThat(event.fieldNames())
        .containsExactlyInAnyOrder(
            "timestamp", "level", "threadName", "loggerName", "formattedMessage", "throwable");
    assertThat(event.getString("level")).isEqualTo("WARN");
    assertThat(event.getString("formattedMessage")).isEqualTo("a \"word\"\nof two lines");
    assertThat(event.getJsonObject("throwable").getString("message")).isEqualTo("why");
  }

  @Test
  void withoutAThrowableThereIsNone() {
    assertThat(new JsonObject(line("lost", null)).getValue("throwable")).isNull();
  }

  private static String line(String message, @Nullable Throwable thrown) {
    LoggerContext context = new LoggerContext();
    LoggingEvent event =
        new LoggingEvent(
            "", context.getLogger("io.doppelfleet.Relay"), Level.WARN, message, thrown, null);
    return new String(LogSetup.jsonEncoder(context).encode(event), StandardCharsets.UTF_8);
  }
}
