package io.doppelfleet.proxy.state;

import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeHealth;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.function.Supplier;

/** Tells controls how well this node does, every {@value #EVERY_MILLIS} ms. */
public final class HealthReporter {
  private static final long EVERY_MILLIS = 2_000;

  private final Vertx vertx;
  private final Supplier<NodeHealth> health;
  private final long timer;

  /**
   * Begins.
   *
   * @param health how it does now; asked on any thread, one at a time, and may take milliseconds
   */
  public HealthReporter(Vertx vertx, Supplier<NodeHealth> health) {
    this.vertx = vertx;
    this.health = health;
    this.timer = vertx.setPeriodic(0, EVERY_MILLIS, tick -> report());
  }

  private void report() {
    vertx
        .executeBlocking(() -> Buffer.buffer(MessageJson.write(health.get())))
        .onSuccess(text -> vertx.eventBus().publish(NodeHealth.ADDRESS, text));
  }

  /** Says no more. */
  public void end() {
    vertx.cancelTimer(timer);
  }
}
