package io.doppelfleet.bench.measure;

import io.doppelfleet.standin.load.Echo;
import io.doppelfleet.standin.load.LoadClients;
import io.doppelfleet.standin.load.Pulse;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Two event loops against one: what the second costs, and whether each has its half. */
final class Loops {
  private static final String GROUP = "two loops";
  private static final int FLOWS = 64;
  private static final int PAIRS = 1_000;

  /** Where the figures say nothing. */
  private static final int FEW_PAIRS = 100;

  private final Plan plan;
  private final Results results;

  Loops(Plan plan, Results results) {
    this.plan = plan;
    this.results = results;
  }

  /** Of two nodes that are alike but for their loops. */
  void measure(Subject one, Subject two)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    for (int run = 0; run < plan.runs(); run++) {
      for (Streams.Way way : Streams.Way.values()) {
        Work single = Streams.move(one, way, FLOWS, plan.transferBytes());
        Work both = Streams.move(two, way, FLOWS, plan.transferBytes());
        results.add(
            Figure.less(GROUP, way.word + ", processor time against one loop's", ""),
            two.name(),
            both.processorSeconds() / single.processorSeconds());
        results.add(
            Figure.more(GROUP, way.word + ", rate against one loop's", ""),
            two.name(),
            single.seconds() / both.seconds());
      }
      results.add(
          Figure.less(GROUP, "the busier loop's share of " + pairs() + " pairs", "%"),
          two.name(),
          100 * share(two));
    }
  }

  private int pairs() {
    return plan.quick() ? FEW_PAIRS : PAIRS;
  }

  /** All pairs have the same to do, so a loop's part of the work is its part of the pairs. */
  private double share(Subject subject) throws IOException, InterruptedException, TimeoutException {
    try (LoadClients clients = subject.clients()) {
      List<Echo> echoes = subject.crowd(clients).open(pairs());
      try (Pulse pulse = Pulse.start(echoes, Duration.ZERO)) {
        Map<Long, Duration> before = subject.costs().threadTimes();
        Thread.sleep(plan.span());
        Map<Long, Duration> after = subject.costs().threadTimes();
        pulse.take();
        List<Long> busiest =
            after.entrySet().stream()
                .map(e -> e.getValue().minus(before.getOrDefault(e.getKey(), Duration.ZERO)))
                .map(Duration::toMillis)
                .sorted(Comparator.reverseOrder())
                .toList();
        return (double) busiest.get(0) / (busiest.get(0) + busiest.get(1));
      }
    }
  }
}
