package io.doppelfleet.bench.stealth;

import io.doppelfleet.bench.Bench;
import io.doppelfleet.bench.measure.BenchCommand;
import io.doppelfleet.bench.measure.StandIn;
import io.doppelfleet.bench.stealth.flight.Flights;
import io.doppelfleet.bench.stealth.path.Distance;
import io.doppelfleet.bench.stealth.path.FarNetwork;
import io.doppelfleet.bench.stealth.path.Speed;
import io.doppelfleet.bench.stealth.probe.Probing;
import io.doppelfleet.bench.stealth.records.Watching;
import io.doppelfleet.bench.stealth.report.Report;
import io.doppelfleet.bench.stealth.scene.Cover;
import io.doppelfleet.bench.stealth.scene.Node;
import io.doppelfleet.bench.stealth.scene.Scene;
import io.doppelfleet.bench.stealth.scene.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench/stealth}: whether a node can be told from its cover. */
@Command(
    name = "bench/stealth",
    mixinStandardHelpOptions = true,
    description = {
      "Holds a node against its cover with a censor's eyes, and prints where they differ.",
      "Everything stays on this machine. docs/measuring-stealth.md says how it is done."
    })
public final class Stealth implements Callable<Integer> {
  @Mixin private BenchCommand command = new BenchCommand();

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
      description =
          "Behind these of ${COMPLETION-CANDIDATES} (default: all; nginx-h2 and site if quick).")
  private Set<Cover> covers = EnumSet.noneOf(Cover.class);

  @Option(
      names = "--trials",
      paramLabel = "N",
      description =
          "Of each class of probes (default: 500), and of distances (default: 400, near 1000).")
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

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "Watched of each source, to learn from and again to try (default: 300).")
  private @Nullable Integer connections;

  @Option(names = "--json", paramLabel = "FILE", description = "Also write all as JSON.")
  private @Nullable Path json;

  /** What is measured. */
  enum Part {
    /** The first flight, beside the cover's. */
    FLIGHTS,
    /** What probes are answered. */
    PROBES,
    /** Sizes and times of records. */
    RECORDS,
    /** What shaping costs, here and over a way that takes time. */
    SPEED,
    /** The time to the first byte when the cover is away. */
    DISTANCE
  }

  /** Parts that one node is for. */
  private static final Set<Part> ANSWERS = EnumSet.of(Part.FLIGHTS, Part.PROBES, Part.DISTANCE);

  private Stealth() {}

  /** Ends the process with 0, with 1 when something was not measured, with 2 when misused. */
  public static void main(String[] arguments) {
    BenchCommand.run(new Stealth(), arguments);
  }

  @Override
  public Integer call() throws Exception {
    Report report = new Report();
    try (Scene scene = Scene.set(BenchCommand.home(), Bench.class)) {
      for (Cover cover : covers()) {
        if (scene.has(cover)) {
          measure(scene, cover, report);
        } else {
          command.progress(cover + ": left out, for this node has no such cover");
        }
      }
      if (only.contains(Part.SPEED)) {
        near(scene, report);
      }
      if (only.contains(Part.SPEED) || only.contains(Part.DISTANCE)) {
        far(scene, report);
      }
    }
    command.print(report.table());
    if (json != null) {
      Files.writeString(json, report.toJson().encodePrettily() + "\n");
    }
    return ExitCode.OK;
  }

  private void measure(Scene scene, Cover cover, Report report)
      throws IOException, InterruptedException {
    try (Site site = scene.site(cover)) {
      if (ANSWERS.stream().anyMatch(only::contains)) {
        answers(scene, site, cover, report);
      }
      if (only.contains(Part.RECORDS)) {
        command.progress("records behind " + cover);
        records(scene, site, cover, report);
      }
    }
  }

  private void records(Scene scene, Site site, Cover cover, Report report)
      throws IOException, InterruptedException {
    Map<String, Node> nodes = new LinkedHashMap<>();
    try {
      for (String shaping : scene.shapings()) {
        nodes.put(shaping, learnt(scene.node(site, shaping)));
      }
      new Watching(site, scene.pages(), cover.speaksH2(), scene.datacenter(), nodes)
          .measure(
              cover.label(), command.number("--connections", connections, 300, 6, 100_000), report);
    } finally {
      nodes.values().forEach(Node::close);
    }
  }

  /** Shaping is told apart where the node has it. */
  private void near(Scene scene, Report report) throws Exception {
    command.progress("speed");
    Map<String, Node> nodes = new LinkedHashMap<>();
    try (Site site = scene.site(Cover.NGINX_H2)) {
      for (String shaping : scene.shapings()) {
        nodes.put(shaping, learnt(scene.node(site, shaping)));
      }
      Speed speed = new Speed(nodes);
      speed.rate("loopback", command.usual(1_000, 20), 1, command.usual(5, 1), true, report);
      speed.delay(report, command.usual(1_500, 20));
    } finally {
      nodes.values().forEach(Node::close);
    }
  }

  private void far(Scene scene, Report report) throws Exception {
    if (command.isQuick()) {
      return; // needs root, and minutes
    }
    if (!FarNetwork.possible()) {
      command.progress(
          "speed and distance over a way that takes time: left out, for only root may make one");
      return;
    }
    try (FarNetwork network = FarNetwork.make();
        Site site = scene.site(network.place())) {
      if (only.contains(Part.SPEED)) {
        farSpeed(scene, site, network, report);
      }
      if (only.contains(Part.DISTANCE)) {
        for (int millis : new int[] {5, 50}) {
          command.progress("distance, " + millis + " ms");
          network.set(Duration.ofMillis(millis), 0);
          try (Node node = learnt(scene.node(site, ""))) {
            Distance.measure(node, "cover " + millis + " ms away", trials(400, 2), true, report);
          }
        }
      }
    }
  }

  private void farSpeed(Scene scene, Site site, FarNetwork network, Report report)
      throws Exception {
    Map<String, Node> nodes = new LinkedHashMap<>();
    try (StandIn datacenter = scene.datacenter(network.place())) {
      for (String shaping : scene.shapings()) {
        nodes.put(shaping, learnt(scene.node(site, datacenter, shaping, network.place())));
      }
      for (int millis : new int[] {20, 100}) {
        command.progress("speed, " + millis + " ms");
        network.set(Duration.ofMillis(millis), 0.001);
        new Speed(nodes).rate(millis + " ms, 0.1 % lost", 400 / millis, 4, 5, false, report);
      }
    } finally {
      nodes.values().forEach(Node::close);
      network.set(Duration.ZERO, 0);
    }
  }

  private void answers(Scene scene, Site site, Cover cover, Report report)
      throws IOException, InterruptedException {
    try (Node node = learnt(scene.node(site, ""))) {
      if (only.contains(Part.FLIGHTS)) {
        command.progress("flights behind " + cover);
        new Flights(site, node, patience(), command::progress)
            .measure(cover.label(), command.usual(40, 2), report);
      }
      if (only.contains(Part.DISTANCE)) {
        command.progress("distance, " + cover + " here");
        Distance.measure(node, cover + " here", trials(1_000, 20), false, report);
      }
      if (only.contains(Part.PROBES)) {
        command.progress("probes behind " + cover);
        try (StandIn splice = scene.splice(site)) {
          new Probing(site, node, Scene.address(splice), command::progress)
              .measure(cover.label(), trials(500, 2), waits(), probes, report);
        }
      }
    }
  }

  /** One that has seen its cover, for its first minute is not what is measured. */
  private Node learnt(Node node) throws IOException, InterruptedException {
    if (!node.awaitLearnt(List.of(), patience())) {
      command.progress("the node has not learnt what its cover is like: it is measured as it is");
    }
    return node;
  }

  private Set<Cover> covers() {
    if (!covers.isEmpty()) {
      return covers;
    }
    return command.usual(EnumSet.allOf(Cover.class), EnumSet.of(Cover.NGINX_H2, Cover.SITE));
  }

  private Duration patience() {
    return Duration.ofSeconds(command.usual(40, 8));
  }

  /** 0: what waits is left out. */
  private int waits() {
    return waits != null && waits == 0 ? 0 : command.number("--waits", waits, 20, 0, 10_000);
  }

  private int trials(int full, int little) {
    return command.number("--trials", trials, full, little, 100_000);
  }
}
