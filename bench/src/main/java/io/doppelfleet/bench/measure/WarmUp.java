package io.doppelfleet.bench.measure;

import io.doppelfleet.standin.load.LoadClients;
import io.doppelfleet.standin.load.Pulse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** A virtual machine compiles what it runs often, so it runs a little of everything first. */
final class WarmUp {
  /** This part of a transfer is moved each way, again and again while that becomes cheaper. */
  private static final int PART = 2;

  /** Cheaper is a twentieth. */
  private static final double CHEAPER = 0.95;

  /** So often in a row it was not: the second compiler comes late, and costs while it does. */
  private static final int IN_A_ROW = 2;

  private static final int MOST = 10;

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
        transfer(subject, way);
      }
      try (Pulse pulse = Pulse.start(subject.crowd(clients).open(CONNECTIONS), Duration.ZERO)) {
        Thread.sleep(plan.span());
        pulse.take();
      }
    }
  }

  private void transfer(Subject subject, Streams.Way way)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    double best = Double.MAX_VALUE;
    int same = 0;
    int most = plan.quick() ? 1 : MOST;
    for (int i = 0; i < most && same < IN_A_ROW; i++) {
      double cost =
          Streams.move(subject, way, FLOWS, plan.transferBytes() / PART).processorSeconds();
      same = cost < best * CHEAPER ? 0 : same + 1;
      best = Math.min(best, cost);
    }
  }
}
