package io.doppelfleet.bench.measure;

import io.doppelfleet.bench.load.LoadClients;
import io.doppelfleet.bench.load.Pulse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** A virtual machine compiles what it runs often, so it runs a little of everything first. */
final class WarmUp {
  /** This part of a transfer is moved each way. */
  private static final int PART = 2;

  private static final int FLOWS = 8;
  private static final int CONNECTIONS = 50;

  private final Plan plan;

  WarmUp(Plan plan) {
    this.plan = plan;
  }

  void of(Subject subject)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    try (LoadClients clients = subject.clients()) {
      subject.crowd(clients).churn(Integer.MAX_VALUE, plan.span());
      for (Streams.Way way : Streams.Way.values()) {
        Streams.move(subject, way, FLOWS, plan.transferBytes() / PART);
      }
      try (Pulse pulse = Pulse.start(subject.crowd(clients).open(CONNECTIONS), Duration.ZERO)) {
        Thread.sleep(plan.span());
        pulse.take();
      }
    }
  }
}
