package io.doppelfleet.launcher.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;

/** Sets Logback up in code, which starts faster than its XML. Found by Logback as a service. */
public final class LogSetup extends ContextAwareBase implements Configurator {
  @Override
  public ExecutionStatus configure(LoggerContext context) {
    OneLine layout = new OneLine();
    layout.setContext(context);
    layout.start();

    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setLayout(layout);
    encoder.start();

    ConsoleAppender<ILoggingEvent> standardError = new ConsoleAppender<>();
    standardError.setContext(context);
    standardError.setTarget("System.err");
    standardError.setEncoder(encoder);
    standardError.start();

    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(standardError);
    context.getLogger("io.doppelfleet").setLevel(Level.INFO);
    // It warns of each H2 and PostgreSQL newer than itself; the store's tests run on those.
    context.getLogger("org.flywaydb.core.internal.database").setLevel(Level.ERROR);
    // They warn of each member of a cluster that comes or goes, and of each message that finds
    // nobody; what that does to links is told by those.
    context.getLogger("com.hazelcast").setLevel(Level.ERROR);
    context.getLogger("io.vertx.core.eventbus.impl").setLevel(Level.ERROR);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** From now on: for a screen on which the events of many nodes would be noise. */
  public static void errorsOnly() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger("io.doppelfleet").setLevel(Level.ERROR);
    }
  }
}
