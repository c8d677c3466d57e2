package io.doppelfleet.bench.fleet;

import io.doppelfleet.bench.measure.BenchCommand;
import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.Secrets;
import io.doppelfleet.bench.measure.Sheet;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench/fleet}: a control and its nodes on this machine. */
@Command(
    name = "bench/fleet",
    mixinStandardHelpOptions = true,
    subcommands = {NodesCommand.class, ApplyCommand.class},
    description = {
      "Measures a control and the nodes that follow it over their links: how soon each runs what"
          + " was written, how soon the API answers, and what that costs.",
      "All of it is on this machine, so nodes that would have a machine each share its processors."
          + " docs/performance.md says how it is done."
    })
public final class FleetBench implements Callable<Integer> {
  @Mixin private BenchCommand command = new BenchCommand();

  @Option(
      names = "--only",
      paramLabel = "PART",
      split = ",",
      description = "Measure only these of ${COMPLETION-CANDIDATES} (default: all).")
  private Set<Part> only = EnumSet.allOf(Part.class);

  @Option(names = "--nodes", paramLabel = "N", description = "That follow at once (default: 50).")
  private @Nullable Integer nodes;

  @Option(
      names = "--secrets",
      paramLabel = "N",
      description = "That the fleet has while it is written to (default: 10000).")
  private @Nullable Integer secrets;

  @Option(
      names = "--writes",
      paramLabel = "N",
      description =
          "That are followed to each node, and then a fifth as many for the API (default: 100).")
  private @Nullable Integer writes;

  @Option(
      names = "--applied",
      paramLabel = "N",
      description = "Secrets of the state that a node of its own is given (default: 100000).")
  private @Nullable Integer applied;

  private FleetBench() {}

  /** What is measured. */
  private enum Part {
    /** The memory that a node takes. */
    NODE,
    /** How soon nodes run what is written. */
    WRITES,
    /** How soon the API answers, and what dashboards cost. */
    API,
    /** How long a node takes for a state. */
    APPLIED
  }

  /** Ends the process with 0, with 1 when something was not measured, with 2 when misused. */
  public static void main(String[] arguments) {
    BenchCommand.run(new FleetBench(), arguments);
  }

  @Override
  public Integer call() throws Exception {
    Children children = new Children();
    Sheet sheet = new Sheet();
    try {
      measure(children, sheet);
    } finally { // what was measured before something failed took minutes
      command.print(sheet.text());
    }
    return ExitCode.OK;
  }

  private void measure(Children children, Sheet sheet) throws Exception {
    try (BenchControl control = BenchControl.start(children, BenchCommand.script())) {
      if (only.contains(Part.NODE)) {
        command.progress("memory of a node, alone, in a fleet and in its cluster");
        new NodeMemory(children, BenchCommand.script(), control, command.usual(15, 1))
            .measure(sheet);
      }
      if (only.contains(Part.WRITES) || only.contains(Part.API)) {
        command.progress("nodes that follow");
        control.add(Secrets.of(command.number("--secrets", secrets, 10_000, 300, 100_000)).all());
        try (Followers followers =
            Followers.start(children, control, command.number("--nodes", nodes, 50, 6, 1_000))) {
          measure(control, followers, sheet);
        }
      }
    }
    if (only.contains(Part.APPLIED)) {
      command.progress("a state that is applied");
      ApplyCommand.measure(
          children, command.number("--applied", applied, 100_000, 2_000, 1_000_000), sheet);
    }
  }

  private void measure(BenchControl control, Followers followers, Sheet sheet) throws Exception {
    int present = command.number("--secrets", secrets, 10_000, 300, 100_000);
    int written = command.number("--writes", writes, 100, 5, 10_000);
    int rest = command.usual(10, 1);
    if (only.contains(Part.WRITES)) {
      command.progress("how soon nodes run what was written");
      new Propagation(control, followers, present, written, rest).measure(sheet);
    }
    if (only.contains(Part.API)) {
      command.progress("how soon the API answers, and what dashboards cost");
      followers.haveClients();
      Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
      try {
        new ApiTimes(vertx, control, present, Math.max(5, written / 5), command.usual(6_000, 50))
            .measure(sheet);
        new EventCosts(vertx, control, command.usual(100, 10), rest).measure(sheet);
        new FirstView(vertx, control).measure(sheet);
      } finally {
        vertx.close().await();
      }
    }
  }
}
