package io.doppelfleet.bench.measure;

import io.doppelfleet.bench.load.LoadClients;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Runs a plan. Nodes and stand-ins are processes of their own; the load is this one. */
public final class LoadBench {
  private final Path script;
  private final Class<?> program;
  private final Plan plan;
  private final Progress progress;
  private final Children children;
  private final Results results = new Results();

  /** What is under way, for who waits. */
  @FunctionalInterface
  public interface Progress {
    /** Begins something. */
    void at(String what);
  }

  /**
   * Prepares.
   *
   * @param script {@code doppelfleet}
   * @param program whose commands {@code cover} and {@code datacenter} are the stand-ins
   * @throws IOException when there is no place for temporary files
   */
  public LoadBench(Path script, Class<?> program, Plan plan, Progress progress) throws IOException {
    this.children = new Children();
    this.script = script;
    this.program = program;
    this.plan = plan;
    this.progress = progress;
  }

  /**
   * Measures.
   *
   * @throws IllegalStateException when the node serves a client wrongly
   * @throws TimeoutException when it doesn't serve one
   */
  public Results run()
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    try (StandIn cover = StandIn.start(children, program, "cover");
        StandIn datacenter = StandIn.start(children, program, "datacenter")) {
      Surroundings around = new Surroundings(cover.address(), datacenter.address());
      for (int run = 1; run <= plan.runs(); run++) {
        run(around, plan.runs() == 1 ? "" : "run " + run + ": ");
      }
    }
    return results;
  }

  private void run(Surroundings around, String prefix)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    if (plan.parts().contains(Plan.Part.TRANSFERS)) {
      progress.at(prefix + "transfers");
      withNode(around, Secrets.of(1), node -> new Transfers(plan, node, results).measure());
    }
    if (plan.parts().contains(Plan.Part.HELD)) {
      for (int count : plan.held()) {
        progress.at(prefix + count + " held connections");
        withNode(around, Secrets.of(1), node -> new Held(count, node, results).measure());
      }
    }
    if (plan.parts().contains(Plan.Part.HANDSHAKES)) {
      for (int count : plan.secrets()) {
        progress.at(prefix + "handshakes, secrets: " + count);
        withNode(around, Secrets.of(count), node -> new Handshakes(plan, node, results).measure());
      }
    }
  }

  @FunctionalInterface
  private interface Measurement {
    void measure(LoadedNode node)
        throws IOException, InterruptedException, ExecutionException, TimeoutException;
  }

  private void withNode(Surroundings around, Secrets secrets, Measurement measurement)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    try (Node node = Node.start(children, script, around, secrets);
        LoadClients clients = new LoadClients(node.address(), Node.DATACENTER, 1)) {
      measurement.measure(new LoadedNode(node, secrets, clients));
      List<String> errors = node.errors();
      if (!errors.isEmpty()) {
        throw new IllegalStateException("the node logged an error: " + errors.getFirst());
      }
    }
  }
}
