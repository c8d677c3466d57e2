package io.doppelfleet.control;

import io.doppelfleet.control.store.Controls;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes into a store that others may use too that this control, and the node beside it, is there.
 */
final class Heartbeat {
  /** One may be missed in the minute after which a control isn't there. */
  private static final long EVERY_MILLIS = 20_000;

  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  private final Vertx vertx;
  private final WorkerExecutor worker;
  private final Controls controls;
  private final int number;
  private final long timer;

  /** Begins, with the control's number among those of the store. */
  Heartbeat(Vertx vertx, WorkerExecutor worker, Controls controls, int number) {
    this.vertx = vertx;
    this.worker = worker;
    this.controls = controls;
    this.number = number;
    this.timer = vertx.setPeriodic(0, EVERY_MILLIS, tick -> beat());
  }

  private void beat() {
    worker
        .executeBlocking(
            () -> {
              controls.seen(number);
              return null;
            },
            false)
        .onFailure(failure -> LOG.debug("{}", failure.getMessage()));
  }

  /** It is not to be seen any more. */
  void end() {
    vertx.cancelTimer(timer);
  }
}
