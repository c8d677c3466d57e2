package io.doppelfleet.bench.measure;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** What it costs to move content, down and up, over one connection and over several. */
final class Transfers {
  private final Plan plan;
  private final Results results;

  Transfers(Plan plan, Results results) {
    this.plan = plan;
    this.results = results;
  }

  void measure(Contest contest)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    for (Streams.Way way : Streams.Way.values()) {
      for (int flows : plan.flows()) {
        String group = way.word + ", flows: " + flows;
        contest.inTurn(group, plan.runs(), subject -> measure(group, subject, way, flows));
      }
    }
  }

  private void measure(String group, Subject subject, Streams.Way way, int flows)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    long bytes = plan.transferBytes();
    Work work = Streams.move(subject, way, flows, bytes);
    results.add(
        Figure.less(group, "processor time", "s/GB"),
        subject.name(),
        work.processorSeconds() / (bytes / 1e9));
    results.add(Figure.more(group, "rate", "MB/s"), subject.name(), bytes / 1e6 / work.seconds());
  }
}
