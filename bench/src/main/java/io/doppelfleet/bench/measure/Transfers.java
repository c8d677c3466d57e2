package io.doppelfleet.bench.measure;

import io.doppelfleet.bench.client.Hellos;
import io.doppelfleet.bench.load.Bulk;
import io.doppelfleet.bench.load.Crowd;
import io.doppelfleet.bench.load.Download;
import io.doppelfleet.bench.load.Echo;
import io.doppelfleet.bench.load.Latencies;
import io.doppelfleet.bench.load.LoadClients;
import io.doppelfleet.bench.load.Pulse;
import io.doppelfleet.bench.load.Transfer;
import io.doppelfleet.bench.load.Upload;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One connection that moves much while others echo. */
final class Transfers {
  private static final Duration INTERVAL = Duration.ofMillis(200);
  private static final Duration UNLOADED = Duration.ofSeconds(5);
  private static final long AT_MOST_MINUTES = 5;

  /** This part of it is moved before, since the virtual machine compiles what it runs often. */
  private static final int WARM_UP = 4;

  private final Plan plan;
  private final LoadedNode loaded;
  private final Results results;

  Transfers(Plan plan, LoadedNode loaded, Results results) {
    this.plan = plan;
    this.loaded = loaded;
    this.results = results;
  }

  void measure() throws IOException, InterruptedException, ExecutionException, TimeoutException {
    results.add(
        "start", "until a client is answered", "ms", loaded.node().startTime().toNanos() / 1e6);
    move(new Download(plan.transferBytes() / WARM_UP));
    move(new Upload(plan.transferBytes() / WARM_UP));
    Crowd crowd = loaded.crowd(Hellos::hybrid);
    List<Echo> echoes = crowd.open(plan.echoes());
    try (Pulse pulse = Pulse.start(echoes, INTERVAL)) {
      Thread.sleep(INTERVAL);
      idle(pulse);
      busy(pulse, "down", new Download(plan.transferBytes()));
      busy(pulse, "up", new Upload(plan.transferBytes()));
    }
    crowd.close(echoes);
  }

  private void idle(Pulse pulse) throws IOException, InterruptedException {
    pulse.take();
    Duration before = loaded.node().costs().processorTime();
    Thread.sleep(UNLOADED);
    Duration spent = loaded.node().costs().processorTime().minus(before);
    Latencies latencies = pulse.take();
    add("unloaded", latencies);
    results.add(
        plan.echoes() + " connections echo, unloaded",
        "processor time of an echo",
        "us",
        spent.toNanos() / 1e3 / latencies.count());
  }

  private void busy(Pulse pulse, String way, Bulk bulk)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    pulse.take();
    Duration before = loaded.node().costs().processorTime();
    Transfer transfer = move(bulk);
    Duration spent = loaded.node().costs().processorTime().minus(before);
    Latencies latencies = pulse.take();
    String group = plan.transferBytes() / 1_000_000 + " MB " + way;
    results.add(group, "rate", "MB/s", transfer.megabytesPerSecond());
    results.add(
        group,
        "processor time, echoes included",
        "s/GB",
        spent.toNanos() / 1e9 / (transfer.bytes() / 1e9));
    add("while 1 loads " + way, latencies);
  }

  private Transfer move(Bulk bulk)
      throws InterruptedException, ExecutionException, TimeoutException {
    // A loop of its own: the time of an echo is to be the proxy's, not that of our checksums.
    try (LoadClients own = new LoadClients(loaded.node().address(), Node.DATACENTER, 1)) {
      own.open(loaded.secrets().hellos(Hellos::hybrid).get(), bulk);
      return bulk.done().get(AT_MOST_MINUTES, TimeUnit.MINUTES);
    }
  }

  private void add(String load, Latencies latencies) {
    String group = plan.echoes() + " connections echo, " + load;
    results.add(group, "p50", "us", latencies.p50());
    results.add(group, "p99", "us", latencies.p99());
    results.add(group, "p99.9", "us", latencies.p999());
    results.add(group, "echoes", "", (double) latencies.count());
  }
}
