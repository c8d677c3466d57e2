package io.doppelfleet.bench.overload;

import io.doppelfleet.bench.Bench;
import io.doppelfleet.bench.measure.BenchCommand;
import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.Node;
import io.doppelfleet.bench.measure.Processors;
import io.doppelfleet.bench.measure.Sheet;
import io.doppelfleet.bench.measure.StandIn;
import io.doppelfleet.bench.measure.Surroundings;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench/overload}: more than a node can take. */
@Command(
    name = "bench/overload",
    mixinStandardHelpOptions = true,
    subcommands = CrowdCommand.class,
    description = {
      "Measures what clients that are served notice while others want twice the connections"
          + " allowed, or send hellos, as many as of 5,000 who come within two seconds.",
      "The node has half of the processors; the others, their data centre and the cover site run"
          + " as idle work on the rest. docs/performance.md says how it is done."
    })
public final class OverloadBench implements Callable<Integer> {
  @Mixin private BenchCommand command = new BenchCommand();

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

  @Option(
      names = "--flood",
      paramLabel = "N",
      description = "Hellos a second of a flood, at most (default: 2500).")
  private @Nullable Integer flood;

  private OverloadBench() {}

  /** Ends the process with 0, with 1 when a bound was missed, with 2 when misused. */
  public static void main(String[] arguments) {
    BenchCommand.run(new OverloadBench(), arguments);
  }

  @Override
  public Integer call() throws Exception {
    Children children = new Children();
    Sheet sheet = new Sheet();
    Processors processors = Processors.share();
    processors.takeOthers();
    try (StandIn cover = StandIn.idle(children, Bench.class, "cover");
        StandIn datacenter = StandIn.steady(children, Bench.class, "datacenter");
        StandIn theirs = StandIn.idle(children, Bench.class, "datacenter")) {
      new Overload(
              children,
              BenchCommand.script(),
              new Surroundings(
                  cover.address(),
                  Map.of(
                      Node.DATACENTER,
                      datacenter.address(),
                      CrowdCommand.DATACENTER,
                      theirs.address())),
              processors,
              new Overload.Size(
                  command.number("--allowed", allowed, 2_000, 200, 9_000),
                  command.usual(200, 40),
                  command.usual(2_000, 200),
                  command.number("--flood", flood, 2_500, 100, 1_000_000),
                  command.number("--runs", runs, 5, 1, 100),
                  Duration.ofMillis(command.number("--span", span, 5_000, 1_000, 600_000))),
              command::progress)
          .measure(sheet);
    }
    command.print(sheet.text());
    return command.isQuick() || sheet.isMet() ? ExitCode.OK : ExitCode.SOFTWARE;
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
    return StandIn.idle(children, OverloadBench.class, command);
  }
}
