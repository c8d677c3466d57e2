package io.doppelfleet.bench.overload;

import io.doppelfleet.bench.Bench;
import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.Node;
import io.doppelfleet.bench.measure.Sheet;
import io.doppelfleet.bench.measure.StandIn;
import io.doppelfleet.bench.measure.Surroundings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench/overload}: more than a node can take. */
@Command(
    name = "bench/overload",
    mixinStandardHelpOptions = true,
    subcommands = CrowdCommand.class,
    description = {
      "Measures what clients that are served notice while others want twice the connections"
          + " allowed, or send hellos as fast as this machine lets them.",
      "The others and the cover site, which would have machines of their own, run at the lowest"
          + " priority. docs/performance.md says how it is done."
    })
public final class OverloadBench implements Callable<Integer> {
  /** So that the node and its clients come first, as if the others had another machine. */
  private static final List<String> BESIDE = List.of("nice", "-n", "19");

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--quick",
      description = "Little of everything in some seconds; it shows that all works.")
  private boolean quick;

  @Option(names = "--runs", paramLabel = "N", description = "Medians are shown (default: 5).")
  private @Nullable Integer runs;

  @Option(
      names = "--span",
      paramLabel = "MS",
      description = "How long each measurement goes on (default: 5000).")
  private @Nullable Integer span;

  @Option(
      names = "--allowed",
      paramLabel = "N",
      description = "The node's proxy.limits.connections (default: 2000).")
  private @Nullable Integer allowed;

  private OverloadBench() {}

  /** Ends the process with 0, with 1 when a bound was missed, with 2 when misused. */
  public static void main(String[] arguments) {
    System.setProperty("logback.configurationFile", "io/doppelfleet/bench/log.xml");
    CommandLine commandLine = new CommandLine(new OverloadBench());
    commandLine.setExecutionExceptionHandler(
        (e, failed, parsed) -> {
          failed.getErr().println("bench/overload: " + e.getMessage());
          return CommandLine.ExitCode.SOFTWARE;
        });
    System.exit(commandLine.execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Path script = Path.of(System.getProperty("doppelfleet.home", "."), "doppelfleet");
    Children children = new Children();
    Sheet sheet = new Sheet();
    try (StandIn cover = StandIn.start(children, Bench.class, BESIDE, "cover");
        StandIn datacenter = StandIn.start(children, Bench.class, "datacenter")) {
      new Overload(
              children,
              script,
              new Surroundings(cover.address(), datacenter.address()),
              new Overload.Size(
                  number(allowed, 2_000, 200),
                  quick ? 40 : 200,
                  quick ? 200 : 5_000,
                  number(runs, 5, 1),
                  Duration.ofMillis(number(span, 5_000, 1_000))),
              this::progress)
          .measure(sheet);
    }
    command().getOut().print(sheet.text());
    command().getOut().flush();
    return quick || sheet.isMet() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  /**
   * How the node is set.
   *
   * @param allowed its {@code proxy.limits.connections}
   */
  public static Node.Options options(int allowed) {
    return new Node.Options(1, true, "connections: " + allowed);
  }

  /** Others, of one kind. */
  static StandIn crowd(Children children, CrowdCommand.Kind kind, String... where)
      throws IOException {
    String[] command = new String[where.length + 2];
    command[0] = "crowd";
    command[1] = kind.name();
    System.arraycopy(where, 0, command, 2, where.length);
    return StandIn.start(children, OverloadBench.class, BESIDE, command);
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
