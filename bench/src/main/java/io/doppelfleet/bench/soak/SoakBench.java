package io.doppelfleet.bench.soak;

import io.doppelfleet.bench.Bench;
import io.doppelfleet.bench.fleet.BenchControl;
import io.doppelfleet.bench.measure.BenchCommand;
import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.Sheet;
import io.doppelfleet.bench.measure.StandIn;
import io.doppelfleet.bench.measure.Surroundings;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Secret;
import java.io.IOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench/soak}: a control and two nodes, under mixed load for long. */
@Command(
    name = "bench/soak",
    mixinStandardHelpOptions = true,
    description = {
      "Holds connections at two nodes of a fleet that chat, move content, come and go, read slowly,"
          + " probe and visit the cover, with a long list of addresses; one node is killed half"
          + " way.",
      "It prints a line a minute, and ends with 1 where memory grew, or anything failed or is left."
          + " With --quick a minute has five seconds. docs/performance.md says how it is done."
    })
public final class SoakBench implements Callable<Integer> {
  private static final String NAME = "soak";

  /** Public addresses, none beside another: so they stay as many prefixes as they are. */
  private static final long FIRST = 16L << 24;

  private static final int STEP = 97;

  @Mixin private BenchCommand command = new BenchCommand();

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
    BenchCommand.run(new SoakBench(), arguments);
  }

  @Override
  public Integer call() throws Exception {
    Soak.Size size =
        new Soak.Size(
            command.number("--held", held, 2_000, 40, 16_000),
            command.number("--minutes", minutes, 20, 4, 10_000),
            command.usual(60, 5));
    int listed = command.number("--prefixes", prefixes, 1_000_000, 1_000, 1_000_000);
    Path script = BenchCommand.script();
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
        new Soak(control, first, other, size, line -> command.print(line + "\n"))
            .run(secret, new Probes(address(cover), secret), sheet);
      }
    }
    command.print(sheet.text());
    return sheet.isMet() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static InetSocketAddress address(StandIn cover) {
    HostPort at = HostPort.parse(cover.address());
    return new InetSocketAddress(at.host(), at.port());
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
}
