package io.doppelfleet.bench.measure;

import io.doppelfleet.bench.client.Hellos;
import io.doppelfleet.bench.load.Crowd;
import io.doppelfleet.fleet.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Connections that come, echo once and go: accept, hello, flight, dial, echo, close. Each is of a
 * secret drawn at random, from one of few addresses, so that with many secrets who came from there
 * last says nothing: the dear case.
 */
final class Handshakes {
  private static final Duration WARM_UP = Duration.ofSeconds(5);
  private static final Duration AT_MOST = Duration.ofSeconds(20);

  private final Plan plan;
  private final LoadedNode loaded;
  private final Results results;

  Handshakes(Plan plan, LoadedNode loaded, Results results) {
    this.plan = plan;
    this.loaded = loaded;
    this.results = results;
  }

  void measure() throws IOException, InterruptedException, TimeoutException {
    measure("517-byte hello", Hellos::classic);
    measure("TDLib's hello", Hellos::hybrid);
  }

  private void measure(String kind, Function<Secret, Hellos> shape)
      throws IOException, InterruptedException, TimeoutException {
    Crowd crowd = loaded.crowd(shape);
    crowd.churn(plan.handshakes(), WARM_UP);
    Duration before = loaded.node().costs().processorTime();
    long start = System.nanoTime();
    int count = crowd.churn(plan.handshakes(), AT_MOST);
    double seconds = (System.nanoTime() - start) / 1e9;
    Duration spent = loaded.node().costs().processorTime().minus(before);
    String group = "handshakes, secrets: " + loaded.secrets().all().size();
    results.add(group, kind + ", rate", "/s", count / seconds);
    results.add(group, kind + ", processor time", "ms", spent.toNanos() / 1e6 / count);
  }
}
