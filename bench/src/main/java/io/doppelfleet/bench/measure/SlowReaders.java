package io.doppelfleet.bench.measure;

import io.doppelfleet.bench.load.Crowd;
import io.doppelfleet.bench.load.Echo;
import io.doppelfleet.bench.load.Flow;
import io.doppelfleet.bench.load.Latencies;
import io.doppelfleet.bench.load.LoadClients;
import io.doppelfleet.bench.load.Pulse;
import io.doppelfleet.bench.load.SlowDownload;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

/**
 * Clients that read 64 KiB a second while the data centre sends as fast as it can: what waits for
 * them in the process, and what the others notice.
 */
final class SlowReaders {
  private static final int OTHERS = 200;
  private static final Duration SAMPLE = Duration.ofMillis(250);

  private final Plan plan;
  private final Node node;
  private final Results results;

  SlowReaders(Plan plan, Node node, Results results) {
    this.plan = plan;
    this.node = node;
    this.results = results;
  }

  void measure() throws IOException, InterruptedException, TimeoutException {
    Subject subject = Subject.of(node);
    for (int run = 0; run < plan.runs(); run++) {
      // The others have a loop of their own: their times are to be the node's, not ours.
      try (LoadClients quick = subject.clients();
          LoadClients slow = subject.clients()) {
        List<Echo> echoes = subject.crowd(quick).open(OTHERS);
        try (Pulse pulse = Pulse.start(echoes, Echoes.interval(OTHERS))) {
          measure(pulse, subject.crowd(slow));
        }
      }
    }
  }

  private void measure(Pulse pulse, Crowd slow)
      throws IOException, InterruptedException, TimeoutException {
    Thread.sleep(SAMPLE);
    pulse.take();
    Thread.sleep(plan.span());
    Latencies unloaded = pulse.take();
    long before = node.costs().residentBytes();
    LongAdder arrived = new LongAdder();
    List<Flow> flows = slow.openFlows(plan.slow());
    flows.forEach(flow -> flow.begin(new SlowDownload(arrived)));
    // Until the kernel's buffers are full, and the process has to hold back the data centre.
    Thread.sleep(plan.span());
    pulse.take();
    arrived.reset();
    long most = 0;
    long start = System.nanoTime();
    while (System.nanoTime() - start < plan.span().toNanos()) {
      Thread.sleep(SAMPLE);
      most = Math.max(most, node.waitingBytes());
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    Latencies loaded = pulse.take();
    long resident = node.costs().residentBytes();
    String group = "slow readers: " + plan.slow();
    add(Figure.more(group, "they read", "MB/s"), arrived.sum() / 1e6 / seconds);
    add(Figure.less(group, "most that waits in the process", "MB"), most / 1e6);
    add(Figure.less(group, "that for each of them", "KB"), most / 1e3 / plan.slow());
    add(Figure.less(group, "resident growth", "MB"), (resident - before) / 1e6);
    add(Figure.less(group, OTHERS + " others, p99 before", "us"), unloaded.p99());
    add(Figure.less(group, OTHERS + " others, p99", "us"), loaded.p99());
    add(Figure.less(group, "that against before", ""), loaded.p99() / unloaded.p99());
  }

  private void add(Figure figure, double value) {
    results.add(figure, Results.NODE, value);
  }
}
