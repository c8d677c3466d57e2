package io.doppelfleet.proxy.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.Sender;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** How controls hear how well a node does. */
@Timeout(60)
final class HealthReporterTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  private final Vertx vertx = Vertx.vertx();
  private final Sender sender = new Sender("node", Instant.EPOCH);
  private final AtomicBoolean failing = new AtomicBoolean(true);
  private final AtomicInteger asked = new AtomicInteger();

  @AfterEach
  void end() {
    vertx.close().await();
  }

  private NodeHealth health() {
    asked.incrementAndGet();
    if (failing.get()) {
      throw new IllegalStateException("no vitals");
    }
    return new NodeHealth(
        sender.next(), "1.0", 0, false, List.of(), List.of(), List.of(), List.of());
  }

  @Test
  void thatItCantBeToldIsLoggedOnceAndThatItCanAgain() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(HealthReporter.class);
    log.start();
    logger.addAppender(log);
    logger.setLevel(Level.INFO);
    AtomicInteger told = new AtomicInteger();
    vertx.eventBus().consumer(NodeHealth.ADDRESS, message -> told.incrementAndGet());
    HealthReporter reporter = new HealthReporter(vertx, this::health, 20);
    try {
      await().atMost(SOON).until(() -> asked.get() > 5);
      failing.set(false);
      await().atMost(SOON).until(() -> told.get() > 5);
      assertThat(List.copyOf(log.list))
          .extracting(ILoggingEvent::getLevel)
          .containsExactly(Level.WARN, Level.INFO);
    } finally {
      reporter.end();
      logger.setLevel(null);
      logger.detachAppender(log);
    }
  }
}
