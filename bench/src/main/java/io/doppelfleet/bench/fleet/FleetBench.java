package io.doppelfleet.bench.fleet;

import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.Secrets;
import io.doppelfleet.bench.measure.Sheet;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--quick",
      description = "Little of everything in some seconds; it shows that all works.")
  private boolean quick;

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
    System.setProperty("logback.configurationFile", "io/doppelfleet/bench/log.xml");
    CommandLine commandLine =
        new CommandLine(new FleetBench()).setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExecutionExceptionHandler(
        (e, failed, parsed) -> {
          failed.getErr().println("bench/fleet: " + e.getMessage());
          return CommandLine.ExitCode.SOFTWARE;
        });
    System.exit(commandLine.execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Path script = Path.of(System.getProperty("doppelfleet.home", "."), "doppelfleet");
    Children children = new Children();
    Sheet sheet = new Sheet();
    try {
      measure(script, children, sheet);
    } finally { // what was measured before something failed took minutes
      PrintWriter out = command().getOut();
      out.print(sheet.text());
      out.flush();
    }
    return CommandLine.ExitCode.OK;
  }

  private void measure(Path script, Children children, Sheet sheet) throws Exception {
    try (BenchControl control = BenchControl.start(children, script)) {
      if (only.contains(Part.NODE)) {
        progress("memory of a node, alone and in a fleet");
        new NodeMemory(children, script, control, quick ? 1 : 15).measure(sheet);
      }
      if (only.contains(Part.WRITES) || only.contains(Part.API)) {
        progress("nodes that follow");
        control.add(Secrets.of(number(secrets, 10_000, 300)).all());
        try (Followers followers = Followers.start(children, control, number(nodes, 50, 6))) {
          measure(control, followers, sheet);
        }
      }
    }
    if (only.contains(Part.APPLIED)) {
      progress("a state that is applied");
      ApplyCommand.measure(children, number(applied, 100_000, 2_000), sheet);
    }
  }

  private void measure(BenchControl control, Followers followers, Sheet sheet) throws Exception {
    int present = number(secrets, 10_000, 300);
    int written = number(writes, 100, 5);
    int rest = quick ? 1 : 10;
    if (only.contains(Part.WRITES)) {
      progress("how soon nodes run what was written");
      new Propagation(control, followers, present, written, rest).measure(sheet);
    }
    if (only.contains(Part.API)) {
      progress("how soon the API answers, and what dashboards cost");
      followers.haveClients();
      Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
      try {
        new ApiTimes(vertx, control, present, Math.max(5, written / 5), quick ? 50 : 6_000)
            .measure(sheet);
        new EventCosts(vertx, control, quick ? 10 : 100, rest).measure(sheet);
        new FirstView(vertx, control).measure(sheet);
      } finally {
        vertx.close().await();
      }
    }
  }

  private int number(@Nullable Integer given, int usual, int quickly) {
    return given != null ? given : quick ? quickly : usual;
  }

  private void progress(String what) {
    command().getErr().println(what);
    command().getErr().flush();
  }

  private CommandLine command() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets it");
    }
    return spec.commandLine();
  }
}
