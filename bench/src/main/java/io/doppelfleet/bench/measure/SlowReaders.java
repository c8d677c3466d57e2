package io.doppelfleet.bench.measure;

import io.doppelfleet.standin.load.Crowd;
import io.doppelfleet.standin.load.Echo;
import io.doppelfleet.standin.load.Flow;
import io.doppelfleet.standin.load.Latencies;
import io.doppelfleet.standin.load.LoadClients;
import io.doppelfleet.standin.load.Pulse;
import io.doppelfleet.standin.load.SlowDownload;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

/**
 * Clients that read 64 KiB a second while the data centre sends as fast as it can: what waits in
 * the process for all of them and for any one pair, and what the others notice.
 */
final class SlowReaders {
  private static final int OTHERS = 200;
  private static final Duration SAMPLE = Duration.ofMillis(250);

  private static final int SAMPLES = 8;

  /** Bytes that wait in the process now, by event loop. */
  private static final String WAITING = "doppelfleet_waiting_bytes";

  /** The most that ever waited for one pair, to both its ends, since the process began. */
  private static final String MOST_OF_A_PAIR = "doppelfleet_waiting_pair_most_bytes";

  /** Ten seconds. */
  private static final int MOST_SAMPLES = 40;

  /** Of one processor: less than this, and no more than the readers' own rate passes. */
  private static final double CALM = 0.5;

  private final Plan plan;
  private final Node node;
  private final Results results;

  /**
   * Of a node with a metrics page.
   *
   * @param node whose metrics are read
   */
  SlowReaders(Plan plan, Node node, Results results) {
    this.plan = plan;
    this.node = node;
    this.results = results;
  }

  void measure(Contest contest)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    contest.inTurn("slow readers", plan.runs(), this::measure);
    // The node counts on from turn to turn: this is the most of all of them.
    double most = node.metrics().values(MOST_OF_A_PAIR).max().orElseThrow();
    results.add(
        Figure.less(group(), "most that waits for one pair", "KB"), Results.NODE, most / 1e3);
  }

  private String group() {
    return "slow readers: " + plan.slow();
  }

  private void measure(Subject subject) throws IOException, InterruptedException, TimeoutException {
    // The others have a loop of their own: their times are to be the node's, not ours.
    try (LoadClients quick = subject.clients();
        LoadClients slow = subject.clients()) {
      List<Echo> echoes = subject.crowd(quick).open(OTHERS);
      try (Pulse pulse = Pulse.start(echoes, Echoes.interval(OTHERS))) {
        measure(subject, pulse, subject.crowd(slow));
      }
    }
  }

  private void measure(Subject subject, Pulse pulse, Crowd slow)
      throws IOException, InterruptedException, TimeoutException {
    Thread.sleep(SAMPLE);
    pulse.take();
    Thread.sleep(plan.span());
    Latencies unloaded = pulse.take();
    long before = subject.costs().residentBytes();
    LongAdder arrived = new LongAdder();
    List<Flow> flows = slow.openFlows(plan.slow());
    for (int i = 0; i < flows.size(); i++) {
      flows.get(i).begin(new SlowDownload(i, flows.size(), arrived));
    }
    awaitFullBuffers(subject);
    pulse.take();
    arrived.reset();
    long start = System.nanoTime();
    Thread.sleep(plan.span());
    Latencies loaded = pulse.take();
    double seconds = (System.nanoTime() - start) / 1e9;
    long resident = subject.costs().residentBytes();
    String group = group();
    add(subject, Figure.more(group, "they read", "MB/s"), arrived.sum() / 1e6 / seconds);
    add(subject, Figure.less(group, "resident growth", "MB"), (resident - before) / 1e6);
    add(subject, Figure.less(group, OTHERS + " others, p99 before", "us"), unloaded.p99());
    add(subject, Figure.less(group, OTHERS + " others, p99", "us"), loaded.p99());
    add(subject, Figure.less(group, "that against before", ""), loaded.p99() / unloaded.p99());
    if (subject.name().equals(Results.NODE)) {
      add(subject, Figure.less(group, "most that waits in the process", "MB"), mostWaiting() / 1e6);
    }
  }

  /** After the latencies: the metrics page takes processor time, too. */
  private double mostWaiting() throws IOException, InterruptedException {
    double most = 0;
    for (int i = 0; i < SAMPLES; i++) {
      Thread.sleep(SAMPLE);
      most = Math.max(most, node.metrics().values(WAITING).sum());
    }
    return most;
  }

  /** The kernel's come first: what they take rushes through the process, for some seconds. */
  private void awaitFullBuffers(Subject subject) throws IOException, InterruptedException {
    Thread.sleep(plan.span());
    for (int i = 0; i < MOST_SAMPLES; i++) {
      Work.Watch watch = new Work.Watch(subject.costs());
      Thread.sleep(SAMPLE);
      Work work = watch.stop();
      if (work.processorSeconds() < CALM * work.seconds()) {
        return;
      }
    }
  }

  private void add(Subject subject, Figure figure, double value) {
    results.add(figure, subject.name(), value);
  }
}
