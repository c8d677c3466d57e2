package io.doppelfleet.bench.measure;

import io.doppelfleet.standin.load.Echo;
import io.doppelfleet.standin.load.LoadClients;
import io.doppelfleet.standin.load.Pulse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** What one connection that moves much does to the messages of others. */
final class Beside {
  private static final int CONNECTIONS = 200;
  private static final Duration INTERVAL = Duration.ofMillis(200);

  private final Plan plan;
  private final Results results;

  Beside(Plan plan, Results results) {
    this.plan = plan;
    this.results = results;
  }

  void measure(Contest proxies)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    proxies.inTurn(CONNECTIONS + " echo beside a transfer", plan.runs(), this::measure);
  }

  private void measure(Subject subject)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    try (LoadClients clients = subject.clients()) {
      List<Echo> echoes = subject.crowd(clients).open(CONNECTIONS);
      try (Pulse pulse = Pulse.start(echoes, INTERVAL)) {
        Thread.sleep(INTERVAL);
        for (Streams.Way way : Streams.Way.values()) {
          pulse.take();
          // Its clients have a loop of their own: the times are to be the proxy's, not ours.
          Streams.move(subject, way, 1, plan.transferBytes());
          String group = CONNECTIONS + " echo while 1 loads " + way.word;
          Echoes.latencies(results, group, subject, pulse.take());
        }
      }
    }
  }
}
