package io.doppelfleet.bench.fleet;

import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.Secrets;
import io.doppelfleet.fleet.NamedSecret;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** From a write's request to when each node runs it. */
final class Propagation {
  private static final int NODES_A_PROCESS = 10;
  private static final int PATIENCE_SECONDS = 30;

  /** So that a write meets no more of the one before. */
  private static final long BETWEEN_MILLIS = 100;

  private static final int MOST_IMPORTED = 10_000;
  private static final double MILLION = 1e6;

  private final Children children;
  private final BenchControl control;
  private final int nodes;
  private final int secrets;
  private final int writes;
  private final int restSeconds;

  /**
   * How much.
   *
   * @param restSeconds so long the control is watched while nothing is written
   */
  Propagation(
      Children children,
      BenchControl control,
      int nodes,
      int secrets,
      int writes,
      int restSeconds) {
    this.children = children;
    this.control = control;
    this.nodes = nodes;
    this.secrets = secrets;
    this.writes = writes;
    this.restSeconds = restSeconds;
  }

  void measure(Sheet sheet) throws IOException, InterruptedException {
    List<NamedSecret> all = Secrets.of(secrets).all();
    for (int i = 0; i < all.size(); i += MOST_IMPORTED) {
      control.add(all.subList(i, Math.min(i + MOST_IMPORTED, all.size())));
    }
    Arrivals arrivals = new Arrivals();
    List<NodeGroup> groups = new ArrayList<>();
    try {
      for (int i = 0; i < nodes; i += NODES_A_PROCESS) {
        List<String> tokens = new ArrayList<>();
        for (int node = i; node < Math.min(i + NODES_A_PROCESS, nodes); node++) {
          tokens.add(control.token("bench" + node));
        }
        groups.add(NodeGroup.start(children, tokens, arrivals));
      }
      follow(arrivals, sheet);
    } finally {
      groups.forEach(NodeGroup::close);
    }
  }

  private void follow(Arrivals arrivals, Sheet sheet) throws IOException, InterruptedException {
    sheet.title("a write, run by %d nodes with %d secrets".formatted(nodes, secrets));
    sheet.add("the first, until the last node runs it", Collections.max(write(0, arrivals)), "ms");
    for (int i = 1; i <= writes / 5; i++) {
      write(i, arrivals);
    }
    List<Double> each = new ArrayList<>();
    List<Double> last = new ArrayList<>();
    Duration before = control.costs().processorTime();
    for (int i = 0; i < writes; i++) {
      List<Double> run = write(1_000_000 + i, arrivals);
      each.addAll(run);
      last.add(Collections.max(run));
    }
    Duration spent = control.costs().processorTime().minus(before);
    Collections.sort(each);
    Collections.sort(last);
    sheet.add("until a node runs it, median", at(each, 0.5), "ms", 250);
    sheet.add("until a node runs it, p99", at(each, 0.99), "ms", 1_000);
    sheet.add("until a node runs it, worst", each.getLast(), "ms", 1_000);
    sheet.add("until the last node runs it, median", at(last, 0.5), "ms", 250);
    sheet.title("the control meanwhile");
    sheet.add("processor time a write", spent.toNanos() / MILLION / writes, "ms");
    sheet.add("resident", control.costs().residentBytes() / MILLION, "MB");
    before = control.costs().processorTime();
    TimeUnit.SECONDS.sleep(restSeconds);
    spent = control.costs().processorTime().minus(before);
    sheet.add(
        "processor time while nothing is written", spent.toNanos() / 1e7 / restSeconds, "% of one");
  }

  /** Milliseconds from the request until each node runs it. */
  private List<Double> write(int number, Arrivals arrivals)
      throws IOException, InterruptedException {
    long revision = control.revision() + 1;
    long begin = System.nanoTime();
    control.add("write" + number);
    List<Double> run =
        arrivals.await(revision, nodes, PATIENCE_SECONDS).stream()
            .map(at -> (at - begin) / MILLION)
            .toList();
    TimeUnit.MILLISECONDS.sleep(BETWEEN_MILLIS);
    return run;
  }

  private static double at(List<Double> sorted, double share) {
    return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(share * sorted.size())));
  }
}
