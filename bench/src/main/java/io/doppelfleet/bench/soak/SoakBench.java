package io.doppelfleet.bench.soak;

import io.doppelfleet.bench.Bench;
import io.doppelfleet.bench.fleet.BenchControl;
import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.Sheet;
import io.doppelfleet.bench.measure.StandIn;
import io.doppelfleet.bench.measure.Surroundings;
import io.doppelfleet.fleet.Secret;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench/soak}: a control and two nodes, under mixed load for long. */
@Command(
    name = "bench/soak",
    mixinStandardHelpOptions = true,
    description = {
      "Holds connections at two nodes of a fleet that chat, move content, come and go, read slowly,"
          + " probe and visit the cover, with a long list of addresses; one node is killed half way.",
      "It prints a line a minute, and ends with 1 where memory grew, or anything failed or is left."
          + " docs/performance.md says how it is done."
    })
public final class SoakBench implements Callable<Integer> {
  private static final String NAME = "soak";

  /** Public addresses, none beside another: so they stay as many prefixes as they are. */
  private static final long FIRST = 16L << 24;

  private static final int STEP = 97;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--quick",
      description = "Minutes of five seconds, four of them, with little of everything.")
  private boolean quick;

  @Option(names = "--minutes", paramLabel = "N", description = "How long (default: 20).")
  private @Nullable Integer minutes;

  @Option(names = "--held", paramLabel = "N", description = "Connections held (default: 2000).")
  private @Nullable Integer held;

  @Option(
      names = "--prefixes",
      paramLabel = "N",
      description = "Of the list of addresses that are denied (default: 1000000).")
  private @Nullable Integer prefixes;

  private SoakBench() {}

  /** Ends the process with 0, with 1 when a bound was missed, with 2 when misused. */
  public static void main(String[] arguments) {
    System.setProperty("logback.configurationFile", "io/doppelfleet/bench/log.xml");
    CommandLine commandLine = new CommandLine(new SoakBench());
    commandLine.setExecutionExceptionHandler(
        (e, failed, parsed) -> {
          failed.getErr().println("bench/soak: " + e.getMessage());
          return CommandLine.ExitCode.SOFTWARE;
        });
    System.exit(commandLine.execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Soak.Size size =
        new Soak.Size(
            number("--held", held, 2_000, 40, 16_000),
            number("--minutes", minutes, 20, 4, 10_000),
            quick ? 5 : 60);
    int listed = number("--prefixes", prefixes, 1_000_000, 1_000, 1_000_000);
    Path script = Path.of(System.getProperty("doppelfleet.home", "."), "doppelfleet");
    Children children = new Children();
    Path list = list(children.directory(), listed);
    Sheet sheet = new Sheet();
    try (StandIn cover = StandIn.start(children, Bench.class, "cover");
        StandIn datacenter = StandIn.start(children, Bench.class, "datacenter");
        BenchControl control = BenchControl.start(children, script)) {
      control.add(NAME);
      Secret secret = Secret.parse(control.secret(NAME));
      Surroundings around = new Surroundings(cover.address(), datacenter.address());
      try (SoakNode first =
              SoakNode.start(children, script, control, "first", around, list, secret);
          SoakNode other =
              SoakNode.start(children, script, control, "other", around, list, secret)) {
        new Soak(first, other, size, command().getOut()).run(secret, sheet);
      }
    }
    command().getOut().print(sheet.text());
    command().getOut().flush();
    return sheet.isMet() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private static Path list(Path directory, int count) throws IOException {
    Path file = directory.resolve("million.txt");
    try (Writer out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
      for (long i = 0; i < count; i++) {
        long address = FIRST + i * STEP;
        out.write(
            "%d.%d.%d.%d%n"
                .formatted(address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255));
      }
    }
    return file;
  }

  private int number(String option, @Nullable Integer given, int usual, int quickly, int most) {
    int value = given != null ? given : quick ? quickly : usual;
    if (value < 1 || value > most) {
      throw new ParameterException(
          command(), option + " " + value + ": 1 to " + most + " is right");
    }
    return value;
  }

  private CommandLine command() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets it");
    }
    return spec.commandLine();
  }
}
