package io.doppelfleet.bench.stealth;

import io.doppelfleet.bench.Bench;
import io.doppelfleet.bench.stealth.probe.Probing;
import io.doppelfleet.bench.stealth.report.Report;
import io.doppelfleet.bench.stealth.scene.Cover;
import io.doppelfleet.bench.stealth.scene.Node;
import io.doppelfleet.bench.stealth.scene.Scene;
import io.doppelfleet.bench.stealth.scene.Site;
import java.io.IOException;
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
import picocli.CommandLine.Spec;

/** {@code bench/stealth}: whether a node can be told from its cover. */
@Command(
    name = "bench/stealth",
    mixinStandardHelpOptions = true,
    description = {
      "Holds a node against its cover with a censor's eyes, and prints where they differ.",
      "Everything stays on this machine. docs/measuring-stealth.md says how it is done."
    })
public final class Stealth implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--quick",
      description = "Little of everything in half a minute; it shows that all works.")
  private boolean quick;

  @Option(
      names = "--only",
      paramLabel = "PART",
      split = ",",
      description = "Measure only these of ${COMPLETION-CANDIDATES} (default: all).")
  private Set<Part> only = EnumSet.allOf(Part.class);

  @Option(
      names = "--covers",
      paramLabel = "COVER",
      split = ",",
      description = "Behind these of ${COMPLETION-CANDIDATES} (default: all).")
  private Set<Cover> covers = EnumSet.allOf(Cover.class);

  @Option(
      names = "--trials",
      paramLabel = "N",
      description = "Of each class of probes (default: 500).")
  private @Nullable Integer trials;

  @Option(
      names = "--waits",
      paramLabel = "N",
      description = "Trials of classes that wait for time-outs, all at once (default: 20).")
  private @Nullable Integer waits;

  @Option(
      names = "--probes",
      paramLabel = "WORD",
      split = ",",
      description = "Only classes of probes whose names have one of these words in them.")
  private List<String> probes = List.of();

  @Option(names = "--json", paramLabel = "FILE", description = "Also write all as JSON.")
  private @Nullable Path json;

  /** What is measured. */
  enum Part {
    /** What probes are answered. */
    PROBES
  }

  private Stealth() {}

  /** Ends the process with 0, with 1 when something was not measured, with 2 when misused. */
  public static void main(String[] arguments) {
    System.setProperty("logback.configurationFile", "io/doppelfleet/bench/log.xml");
    CommandLine commandLine =
        new CommandLine(new Stealth()).setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExecutionExceptionHandler(
        (e, failed, parsed) -> {
          failed.getErr().println("bench/stealth: " + e.getMessage());
          return CommandLine.ExitCode.SOFTWARE;
        });
    System.exit(commandLine.execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    if (spec == null) {
      throw new IllegalStateException("picocli sets it");
    }
    PrintWriter out = spec.commandLine().getOut();
    Report report = new Report();
    try (Scene scene =
        Scene.set(Path.of(System.getProperty("doppelfleet.home", ".")), Bench.class)) {
      for (Cover cover : covers) {
        measure(scene, cover, report);
      }
    }
    out.print(report.table());
    out.flush();
    if (json != null) {
      Files.writeString(json, report.toJson().encodePrettily() + "\n");
    }
    return CommandLine.ExitCode.OK;
  }

  private void measure(Scene scene, Cover cover, Report report)
      throws IOException, InterruptedException {
    try (Site site = scene.site(cover);
        Node node = scene.node(site, "")) {
      if (only.contains(Part.PROBES)) {
        progress("probes behind " + cover);
        new Probing(site, node, this::progress)
            .measure(cover.label(), number(trials, 500, 2), number(waits, 20, 0), probes, report);
      }
    }
  }

  private int number(@Nullable Integer given, int usual, int quickly) {
    return given != null ? given : quick ? quickly : usual;
  }

  private void progress(String what) {
    if (spec != null) {
      spec.commandLine().getErr().println(what);
      spec.commandLine().getErr().flush();
    }
  }
}
