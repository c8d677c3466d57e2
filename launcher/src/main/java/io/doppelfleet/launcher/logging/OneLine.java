package io.doppelfleet.launcher.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.LayoutBase;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Time, level, where, what; a throwable is folded into the same line, with the places that it came
 * by, so that one event is one line for whatever reads the log.
 */
public final class OneLine extends LayoutBase<ILoggingEvent> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX").withZone(ZoneId.systemDefault());

  /** Enough that whoever made it is told from the library's own way there. */
  private static final int FRAMES = 4;

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(160);
    TIME.formatTo(event.getInstant(), line);
    line.append(' ').append(event.getLevel()).append(' ');
    line.append(shortName(event.getLoggerName())).append(": ");
    line.append(folded(event.getFormattedMessage()));
    String joint = ": ";
    IThrowableProxy thrown = event.getThrowableProxy();
    for (int depth = 0; thrown != null && depth < 4; depth++) {
      line.append(joint).append(shortName(thrown.getClassName()));
      if (thrown.getMessage() != null) {
        line.append(": ").append(folded(thrown.getMessage()));
      }
      StackTraceElementProxy[] trace = thrown.getStackTraceElementProxyArray();
      if (trace != null && trace.length > 0) {
        line.append(
            Stream.of(trace)
                .limit(FRAMES)
                .map(frame -> frame.getStackTraceElement().toString())
                .collect(Collectors.joining(" < ", " (at ", ")")));
      }
      thrown = thrown.getCause();
      joint = "; because of ";
    }
    return line.append('\n').toString();
  }

  private static String shortName(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static String folded(@Nullable String text) {
    return text == null ? "" : text.replaceAll("\\s*\\R\\s*", " | ");
  }
}
