package io.doppelfleet.bench;

import io.doppelfleet.bench.measure.BenchCommand;
import io.doppelfleet.bench.measure.Plan;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The part of the command line that says what to measure; what is left out has its default. */
final class PlanOptions {
  /** The node's default limit on connections. */
  private static final int MAX_HELD = 9_000;

  @Option(
      names = "--only",
      paramLabel = "PART",
      split = ",",
      description = "Measure only these of ${COMPLETION-CANDIDATES} (default: all).")
  private Set<Plan.Part> only = EnumSet.allOf(Plan.Part.class);

  @Option(
      names = "--runs",
      description = "How often all but memory is measured; medians are shown (default: 5).")
  private @Nullable Integer runs;

  @Option(
      names = "--memory-runs",
      description = "How often memory is, each time of a new node: 3 minutes each (default: 5).")
  private @Nullable Integer memoryRuns;

  @Option(
      names = "--transfer",
      paramLabel = "MB",
      description = "Millions of bytes of each transfer (default: 2000).")
  private @Nullable Integer transfer;

  @Option(
      names = "--flows",
      paramLabel = "N",
      split = ",",
      description = "Connections that share a transfer (default: 1,8,64).")
  private @Nullable List<Integer> flows;

  @Option(
      names = "--echoes",
      paramLabel = "N",
      split = ",",
      description = "Connections that echo (default: 1,200,2000).")
  private @Nullable List<Integer> echoes;

  @Option(
      names = "--from",
      paramLabel = "N",
      description = "Connections held when memory is read first (default: 1000).")
  private @Nullable Integer from;

  @Option(
      names = "--held",
      paramLabel = "N",
      description = "Connections held when it is read again (default: 9000).")
  private @Nullable Integer held;

  @Option(
      names = "--burst",
      paramLabel = "N",
      description = "Connections that come at once (default: 5000).")
  private @Nullable Integer burst;

  @Option(
      names = "--slow",
      paramLabel = "N",
      description = "Connections that read slowly (default: 500).")
  private @Nullable Integer slow;

  @Option(
      names = "--secrets",
      paramLabel = "N",
      split = ",",
      description = "Secrets to shake hands under (default: 1,100,10000).")
  private @Nullable List<Integer> secrets;

  @Option(
      names = "--span",
      paramLabel = "MS",
      description = "How long each measurement of echoes and handshakes goes on (default: 3000).")
  private @Nullable Integer span;

  @Option(
      names = "--settle",
      paramLabel = "MS",
      description =
          "How long connections are held before memory is read; twice that after a burst"
              + " (default: 30000).")
  private @Nullable Integer settle;

  @Option(
      names = "--shaping",
      paramLabel = "MODE",
      description = "The nodes' proxy.shaping, off, light or full (default: full).")
  private String shaping = "full";

  /**
   * All of it.
   *
   * @throws ParameterException that names an option that is wrong
   */
  Plan plan(BenchCommand command) {
    int first = command.number("--from", from, 1_000, 10, MAX_HELD - 1);
    int last = command.number("--held", held, 9_000, 500, MAX_HELD);
    if (first >= last) {
      throw command.wrong("--from " + first + ": less than --held is right");
    }
    return new Plan(
        command.isQuick(),
        only,
        command.number("--runs", runs, 5, 1, 100),
        command.number("--memory-runs", memoryRuns, 5, 1, 100),
        command.number("--transfer", transfer, 2_000, 16, 1_000_000) * 1_000_000L,
        command.numbers("--flows", flows, List.of(1, 8, 64), List.of(1, 8), 1_000),
        command.numbers("--echoes", echoes, List.of(1, 200, 2_000), List.of(1, 20), 2_000),
        first,
        last,
        command.number("--burst", burst, 5_000, 50, MAX_HELD),
        command.number("--slow", slow, 500, 10, 2_000),
        command.numbers("--secrets", secrets, List.of(1, 100, 10_000), List.of(20), 20_000),
        Duration.ofMillis(command.number("--span", span, 3_000, 200, 600_000)),
        Duration.ofMillis(command.number("--settle", settle, 30_000, 300, 600_000)),
        mode(command));
  }

  private String mode(BenchCommand command) {
    if (!List.of("off", "light", "full").contains(shaping)) {
      throw command.wrong("--shaping " + shaping + ": off, light or full is right");
    }
    return shaping;
  }
}
