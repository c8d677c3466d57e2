package io.doppelfleet.launcher.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;

/** Sets Logback up in code, which starts faster than its XML. Found by Logback as a service. */
public final class LogSetup extends ContextAwareBase implements Configurator {
  private static final String NAME = "standard error";

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
    standardError.setName(NAME);
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
    // It warns of who comes at the moment in which a listener is closed.
    context.getLogger("io.netty.bootstrap.ServerBootstrap").setLevel(Level.ERROR);
    // It warns of each connection to a store that is away, and of each try to have another; what
    // that does is told by who asked the store.
    context.getLogger("com.zaxxer.hikari").setLevel(Level.ERROR);
    // They warn of each member of a cluster that comes or goes, and of each message that finds
    // nobody; what that does to links is told by those.
    context.getLogger("com.hazelcast").setLevel(Level.ERROR);
    context.getLogger("io.vertx.core.eventbus.impl").setLevel(Level.ERROR);
    // It calls each connection an error that breaks while nobody but the bus minds it.
    context.getLogger("io.vertx.core.net.impl.ConnectionBase").setLevel(Level.OFF);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** From now on a line is a JSON object: for what collects logs. */
  public static void json() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
        && context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(NAME)
            instanceof ConsoleAppender<ILoggingEvent> appender) {
      appender.stop();
      appender.setEncoder(jsonEncoder(context));
      appender.start();
    }
  }

  /** Logback's own, without what is the same on each line or in the formatted message already. */
  static JsonEncoder jsonEncoder(LoggerContext context) {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithContext(false);
    encoder.setWithMarkers(false);
    encoder.setWithMDC(false);
    encoder.setWithKVPList(false);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.setWithFormattedMessage(true);
    encoder.start();
    return encoder;
  }

  /** From now on: for a screen on which the events of many nodes would be noise. */
  public static void errorsOnly() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger("io.doppelfleet").setLevel(Level.ERROR);
    }
  }
}
