package io.doppelfleet.bench.fleet;

import io.doppelfleet.bench.measure.Sheet;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** From a write's request to when each node runs it. */
final class Propagation {
  private static final int PATIENCE_SECONDS = 30;

  /** So that a write meets no more of the one before. */
  private static final long BETWEEN_MILLIS = 100;

  private static final double MILLION = 1e6;

  private final BenchControl control;
  private final Followers nodes;
  private final int secrets;
  private final int writes;
  private final int restSeconds;

  /**
   * How much.
   *
   * @param secrets that there are
   * @param restSeconds so long the control is watched while nothing is written
   */
  Propagation(BenchControl control, Followers nodes, int secrets, int writes, int restSeconds) {
    this.control = control;
    this.nodes = nodes;
    this.secrets = secrets;
    this.writes = writes;
    this.restSeconds = restSeconds;
  }

  void measure(Sheet sheet) throws IOException, InterruptedException {
    sheet.title("a write, run by %d nodes with %d secrets".formatted(nodes.count(), secrets));
    sheet.add("the first, until the last node runs it", Collections.max(write(0)), "ms");
    for (int i = 1; i <= writes / 5; i++) {
      write(i);
    }
    Times each = new Times();
    Times last = new Times();
    Duration before = control.costs().processorTime();
    for (int i = 0; i < writes; i++) {
      List<Double> run = write(1_000_000 + i);
      each.add(run);
      last.add(Collections.max(run));
    }
    Duration spent = control.costs().processorTime().minus(before);
    sheet.add("until a node runs it, median", each.at(0.5), "ms", 250);
    sheet.add("until a node runs it, p99", each.at(0.99), "ms", 1_000);
    sheet.add("until a node runs it, worst", each.worst(), "ms", 1_000);
    sheet.add("until the last node runs it, median", last.at(0.5), "ms", 250);
    sheet.title("the control meanwhile");
    sheet.add("processor time a write", spent.toNanos() / MILLION / writes, "ms");
    sheet.add("resident", control.costs().residentBytes() / MILLION, "MB");
    sheet.add("processor time while nothing is written", control.busy(restSeconds), "% of one");
  }

  /** Milliseconds from the request until each node runs it. */
  private List<Double> write(int number) throws IOException, InterruptedException {
    long revision = control.revision() + 1;
    long begin = System.nanoTime();
    control.add("write" + number);
    List<Double> run =
        nodes.arrivals().await(revision, nodes.count(), PATIENCE_SECONDS).stream()
            .map(at -> (at - begin) / MILLION)
            .toList();
    TimeUnit.MILLISECONDS.sleep(BETWEEN_MILLIS);
    return run;
  }
}
