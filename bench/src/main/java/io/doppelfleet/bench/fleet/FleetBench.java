package io.doppelfleet.bench.fleet;

import io.doppelfleet.bench.measure.Children;
import java.io.PrintWriter;
import java.nio.file.Path;
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
          + " was written, and what that costs.",
      "All of it is on this machine, so nodes that would have a machine each share its processors."
          + " docs/performance.md says how it is done."
    })
public final class FleetBench implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--quick",
      description = "Little of everything in some seconds; it shows that all works.")
  private boolean quick;

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
      description = "That are followed to each node (default: 100).")
  private @Nullable Integer writes;

  @Option(
      names = "--applied",
      paramLabel = "N",
      description = "Secrets of the state that a node of its own is given (default: 100000).")
  private @Nullable Integer applied;

  private FleetBench() {}

  /** Ends the process with 0, with 1 when something was not measured, with 2 when misused. */
  public static void main(String[] arguments) {
    System.setProperty("logback.configurationFile", "io/doppelfleet/bench/log.xml");
    CommandLine commandLine = new CommandLine(new FleetBench());
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
    try (BenchControl control = BenchControl.start(children, script)) {
      progress("memory of a node, alone and in a fleet");
      new NodeMemory(children, script, control, quick ? 1 : 15).measure(sheet);
      progress("how soon nodes run what was written");
      new Propagation(
              children,
              control,
              number(nodes, 50, 6),
              number(secrets, 10_000, 300),
              number(writes, 100, 5),
              quick ? 1 : 10)
          .measure(sheet);
    }
    progress("a state that is applied");
    ApplyCommand.measure(children, number(applied, 100_000, 2_000), sheet);
    PrintWriter out = command().getOut();
    out.print(sheet.text());
    out.flush();
    return CommandLine.ExitCode.OK;
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
