package io.doppelfleet.proxy.state;

import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeHealth;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells controls how well this node does, every {@value #EVERY_MILLIS} ms. */
public final class HealthReporter {
  private static final long EVERY_MILLIS = 2_000;
  private static final Logger LOG = LoggerFactory.getLogger(HealthReporter.class);

  private final Vertx vertx;
  private final Supplier<NodeHealth> health;
  private final long timer;
  private boolean trouble;
  private boolean ended;

  /**
   * Begins.
   *
   * @param health how it does now; asked on any thread, one at a time, and may take milliseconds
   */
  public HealthReporter(Vertx vertx, Supplier<NodeHealth> health) {
    this(vertx, health, EVERY_MILLIS);
  }

  /** With another time between two reports. */
  HealthReporter(Vertx vertx, Supplier<NodeHealth> health, long everyMillis) {
    this.vertx = vertx;
    this.health = health;
    this.timer = vertx.setPeriodic(0, everyMillis, tick -> report());
  }

  private void report() {
    vertx
        .executeBlocking(() -> Buffer.buffer(MessageJson.write(health.get())))
        .map(text -> vertx.eventBus().publish(NodeHealth.ADDRESS, text))
        .onComplete(told -> tell(told.cause()));
  }

  /** Once, and once that it is over. */
  private synchronized void tell(@Nullable Throwable failure) {
    if (ended) {
      return; // what it would tell of ends, too
    }
    if (failure != null && !trouble) {
      trouble = true;
      LOG.warn("controls aren't told how well this node does", failure);
    } else if (failure == null && trouble) {
      trouble = false;
      LOG.info("controls are told again how well this node does");
    }
  }

  /** Says no more. */
  public synchronized void end() {
    ended = true;
    vertx.cancelTimer(timer);
  }
}
