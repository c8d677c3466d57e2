package io.doppelfleet.control;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What a logger and those beneath it say meanwhile, from debug on. */
public final class Logged extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
  private final Logger logger;
  private final @Nullable Level before;

  private Logged(Logger logger) {
    this.logger = logger;
    this.before = logger.getLevel();
  }

  public static Logged of(String name) {
    Logged logged = new Logged((Logger) LoggerFactory.getLogger(name));
    logged.start();
    logged.logger.setLevel(Level.DEBUG);
    logged.logger.addAppender(logged);
    return logged;
  }

  @Override
  protected void append(ILoggingEvent event) {
    events.add(event);
  }

  public boolean has(String words) {
    return events.stream().anyMatch(event -> event.getFormattedMessage().contains(words));
  }

  public List<String> errors() {
    return events.stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    logger.setLevel(before);
    stop();
  }
}
