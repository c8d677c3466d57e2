package io.doppelfleet.bench;

import io.doppelfleet.bench.measure.LoadBench;
import io.doppelfleet.bench.measure.Plan;
import io.doppelfleet.bench.measure.Results;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench/run}: what a node costs on this machine. */
@Command(
    name = "bench/run",
    mixinStandardHelpOptions = true,
    subcommands = {CoverCommand.class, DatacenterCommand.class},
    description = {
      "Measures a node in a process of its own, from outside: what it moves and what that costs.",
      "Everything stays on the loopback. Figures of one machine compare with figures of the same"
          + " machine only."
    })
public final class Bench implements Callable<Integer> {
  /** The node's default limit on connections. */
  private static final int MAX_HELD = 9_000;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--only",
      paramLabel = "PART",
      split = ",",
      description = "Measure only these of ${COMPLETION-CANDIDATES} (default: all).")
  private Set<Plan.Part> only = EnumSet.allOf(Plan.Part.class);

  @Option(
      names = "--runs",
      defaultValue = "1",
      description = "Repeat everything; medians are shown (default: ${DEFAULT-VALUE}).")
  private int runs;

  @Option(
      names = "--transfer",
      paramLabel = "MB",
      defaultValue = "1000",
      description = "Millions of bytes to move each way (default: ${DEFAULT-VALUE}).")
  private int transfer;

  @Option(
      names = "--echoes",
      paramLabel = "N",
      defaultValue = "200",
      description = "Connections that echo besides (default: ${DEFAULT-VALUE}).")
  private int echoes;

  @Option(
      names = "--held",
      paramLabel = "N",
      split = ",",
      defaultValue = "1000,8000",
      description = "Connections to hold at once (default: ${DEFAULT-VALUE}).")
  private List<Integer> held = List.of();

  @Option(
      names = "--secrets",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,100,10000",
      description = "Secrets to shake hands under (default: ${DEFAULT-VALUE}).")
  private List<Integer> secrets = List.of();

  @Option(
      names = "--handshakes",
      paramLabel = "N",
      defaultValue = "5000",
      description = "Handshakes of each kind at most, 20 s at most (default: ${DEFAULT-VALUE}).")
  private int handshakes;

  @Option(names = "--json", paramLabel = "FILE", description = "Also write all values as JSON.")
  private @Nullable Path json;

  private Bench() {}

  /** Ends the process with 0, with 1 when something was not measured, with 2 when misused. */
  public static void main(String[] arguments) {
    System.setProperty("logback.configurationFile", "io/doppelfleet/bench/log.xml");
    CommandLine commandLine =
        new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExecutionExceptionHandler(
        (e, failed, parsed) -> {
          failed.getErr().println("bench/run: " + e.getMessage());
          return CommandLine.ExitCode.SOFTWARE;
        });
    System.exit(commandLine.execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    CommandLine commandLine = commandLine();
    PrintWriter err = commandLine.getErr();
    requirePositive("--runs", List.of(runs), 100);
    requirePositive("--transfer", List.of(transfer), 1_000_000);
    requirePositive("--echoes", List.of(echoes), MAX_HELD - 1);
    requirePositive("--held", held, MAX_HELD);
    requirePositive("--secrets", secrets, 100_000);
    requirePositive("--handshakes", List.of(handshakes), 10_000);
    Path script = Path.of(System.getProperty("doppelfleet.home", "."), "doppelfleet");
    Plan plan = new Plan(only, runs, transfer * 1_000_000L, echoes, held, secrets, handshakes);
    Results results =
        new LoadBench(
                script,
                Bench.class,
                plan,
                what -> {
                  err.println(what);
                  err.flush();
                })
            .run();
    commandLine.getOut().print(results.table());
    commandLine.getOut().flush();
    if (json != null) {
      Files.writeString(json, results.toJson().encodePrettily() + "\n");
    }
    return CommandLine.ExitCode.OK;
  }

  private void requirePositive(String option, List<Integer> values, int most) {
    for (int value : values) {
      if (value < 1 || value > most) {
        throw new ParameterException(
            commandLine(), option + " " + value + ": 1 to " + most + " is right");
      }
    }
  }

  private CommandLine commandLine() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets it");
    }
    return spec.commandLine();
  }
}
