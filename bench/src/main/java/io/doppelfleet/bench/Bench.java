package io.doppelfleet.bench;

import io.doppelfleet.bench.measure.BenchCommand;
import io.doppelfleet.bench.measure.LoadBench;
import io.doppelfleet.bench.measure.Peer;
import io.doppelfleet.bench.measure.Results;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code bench/run}: what a node costs on this machine. */
@Command(
    name = "bench/run",
    mixinStandardHelpOptions = true,
    subcommands = {CoverCommand.class, DatacenterCommand.class, RelayCommand.class},
    description = {
      "Measures a node in a process of its own, from outside: what it moves and what that costs,"
          + " beside a plain relay without TLS and encryption, and any other proxy.",
      "Everything stays on the loopback. Figures of one machine compare with figures of the same"
          + " run only. docs/performance.md says how it is done."
    })
public final class Bench implements Callable<Integer> {
  /** What this process's 20,000 descriptors leave room for, at 2,000 echoes each. */
  private static final int MOST_PEERS = 4;

  @Mixin private BenchCommand command = new BenchCommand();

  @ArgGroup(validate = false, heading = "What and how much:%n")
  private PlanOptions plan = new PlanOptions();

  @Option(
      names = "--peer",
      paramLabel = "NAME,HOST:PORT,SECRET,PID",
      converter = PeerConverter.class,
      description = {
        "Measure this proxy too, which runs already; may be given again. It must have the"
            + " stand-in as its data centre 2: see --datacenter."
      })
  private List<Peer> peers = List.of();

  @Option(
      names = "--datacenter",
      paramLabel = "ADDRESS:PORT",
      converter = AddressConverter.class,
      description = "Where the stand-in data centre listens (default: a free port).")
  private @Nullable InetSocketAddress datacenter;

  @Option(
      names = "--cover",
      paramLabel = "ADDRESS:PORT",
      converter = AddressConverter.class,
      description = "Where the stand-in cover site listens (default: a free port).")
  private @Nullable InetSocketAddress cover;

  @Option(names = "--json", paramLabel = "FILE", description = "Also write all values as JSON.")
  private @Nullable Path json;

  @Option(names = "--svg", paramLabel = "FILE", description = "Also draw the table.")
  private @Nullable Path svg;

  private Bench() {}

  /** Ends the process with 0, with 1 when something was not measured, with 2 when misused. */
  public static void main(String[] arguments) {
    BenchCommand.run(new Bench(), arguments);
  }

  @Override
  public Integer call() throws Exception {
    if (peers.size() > MOST_PEERS) {
      throw command.wrong("--peer: at most " + MOST_PEERS + " at once");
    }
    if (!peers.isEmpty() && datacenter == null) {
      throw command.wrong(
          "--peer needs --datacenter ADDRESS:PORT, which the peer is set to use as data centre 2");
    }
    Results results =
        new LoadBench(
                BenchCommand.script(), Bench.class, plan.plan(command), peers, command::progress)
            .run(text(cover), text(datacenter));
    command.print(results.table());
    if (json != null) {
      Files.writeString(json, results.toJson().encodePrettily() + "\n");
    }
    if (svg != null) {
      Files.writeString(svg, results.picture());
    }
    results.failures().forEach(why -> command.progress("bench/run: not measured whole: " + why));
    return results.failures().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static String text(@Nullable InetSocketAddress address) {
    return address == null
        ? "127.0.0.1:0"
        : address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /** Says what would be right. */
  static final class PeerConverter implements ITypeConverter<Peer> {
    @Override
    public Peer convert(String value) {
      try {
        return Peer.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
