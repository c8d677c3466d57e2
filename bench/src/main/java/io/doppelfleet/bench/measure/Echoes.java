package io.doppelfleet.bench.measure;

import io.doppelfleet.standin.load.Echo;
import io.doppelfleet.standin.load.Latencies;
import io.doppelfleet.standin.load.LoadClients;
import io.doppelfleet.standin.load.Pulse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * Messages of 256 bytes that come back: at a rate that leaves the machine idle for the most part,
 * which is what their times are taken at, and as fast as they go.
 */
final class Echoes {
  /** Messages a second of all connections together. */
  private static final int RATE = 5_000;

  /** So that one connection's next message waits for its last at most now and then. */
  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(1);

  /** This part of a span passes before times are taken. */
  private static final int RAMP = 10;

  private final Plan plan;
  private final Results results;

  Echoes(Plan plan, Results results) {
    this.plan = plan;
    this.results = results;
  }

  void measure(Contest contest)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    for (int count : plan.echoes()) {
      measure(contest, count);
    }
  }

  private void measure(Contest contest, int count)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    String group = "echo, connections: " + count;
    List<LoadClients> clients = new ArrayList<>();
    Map<Subject, List<Echo>> echoes = new HashMap<>();
    try {
      contest.inTurn(
          group + ": opening",
          1,
          subject -> {
            LoadClients own = subject.clients();
            clients.add(own);
            echoes.put(subject, subject.crowd(own).open(count));
          });
      contest.inTurn(
          group,
          plan.runs(),
          subject -> {
            List<Echo> open = echoes.getOrDefault(subject, List.of());
            if (!open.isEmpty()) {
              paced(group, subject, open);
              backToBack(group, subject, open);
            }
          });
    } finally {
      clients.forEach(LoadClients::close);
    }
  }

  static Duration interval(int count) {
    Duration shared = Duration.ofSeconds(1).multipliedBy(count).dividedBy(RATE);
    return shared.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : shared;
  }

  private void paced(String group, Subject subject, List<Echo> echoes)
      throws IOException, InterruptedException {
    try (Pulse pulse = Pulse.start(echoes, interval(echoes.size()))) {
      Thread.sleep(plan.span().dividedBy(RAMP));
      pulse.take();
      Work.Watch watch = new Work.Watch(subject.costs());
      Thread.sleep(plan.span());
      Work work = watch.stop();
      Latencies times = pulse.take();
      results.add(
          Figure.less(group, "processor time a message", "us"),
          subject.name(),
          work.processorSeconds() * 1e6 / times.count());
      latencies(results, group, subject, times);
    }
  }

  static void latencies(Results results, String group, Subject subject, Latencies times) {
    results.add(Figure.less(group, "p50", "us"), subject.name(), times.p50());
    results.add(Figure.less(group, "p99", "us"), subject.name(), times.p99());
    results.add(Figure.less(group, "p99.9", "us"), subject.name(), times.p999());
  }

  private void backToBack(String group, Subject subject, List<Echo> echoes)
      throws IOException, InterruptedException {
    try (Pulse pulse = Pulse.start(echoes, Duration.ZERO)) {
      Thread.sleep(plan.span().dividedBy(RAMP));
      pulse.take();
      Work.Watch watch = new Work.Watch(subject.costs());
      Thread.sleep(plan.span().dividedBy(2));
      Work work = watch.stop();
      long count = pulse.take().count();
      results.add(
          Figure.less(group, "back to back, processor time each", "us"),
          subject.name(),
          work.processorSeconds() * 1e6 / count);
      results.add(
          Figure.more(group, "back to back, rate", "/s"), subject.name(), count / work.seconds());
    }
  }
}
