package io.doppelfleet.bench.overload;

import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.Node;
import io.doppelfleet.bench.measure.Processors;
import io.doppelfleet.bench.measure.Secrets;
import io.doppelfleet.bench.measure.Sheet;
import io.doppelfleet.bench.measure.StandIn;
import io.doppelfleet.bench.measure.Surroundings;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.load.Crowd;
import io.doppelfleet.standin.load.Echo;
import io.doppelfleet.standin.load.Latencies;
import io.doppelfleet.standin.load.LoadClients;
import io.doppelfleet.standin.load.Pulse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Clients that are served echo all the while at a steady pace; turn by turn they have the node for
 * themselves and share it with others.
 */
final class Overload {
  /** The echo's p99 may be so many times that of the node alone. */
  private static final double MOST = 3;

  /**
   * Of the messages that are due, this part has to come back within a span: who stood still has no
   * times.
   */
  private static final double ALL = 0.98;

  /** Hellos under way at once. */
  private static final int FLOOD = 64;

  private static final int AT_ONCE = 64;
  private static final Duration AT_MOST = Duration.ofMinutes(2);

  /** What the node had compiled by then, and what the others had opened. */
  private static final Duration SETTLE = Duration.ofSeconds(2);

  private final Children children;
  private final Path script;
  private final Surroundings around;
  private final Processors processors;
  private final Size size;
  private final Consumer<String> progress;
  private final Map<CrowdCommand.Kind, Seen> loaded = new EnumMap<>(CrowdCommand.Kind.class);
  private final Seen alone = new Seen();

  /**
   * How much.
   *
   * @param allowed connections that the node allows
   * @param served clients whose echoes are timed
   * @param rate messages a second of all of them together
   * @param flood the most hellos a second of a flood
   * @param runs of all; medians are shown
   * @param span of each
   */
  record Size(int allowed, int served, int rate, int flood, int runs, Duration span) {}

  /** What was measured, run by run. */
  private static final class Seen {
    private final List<Latencies> times = new ArrayList<>();
    private final List<Double> accepted = new ArrayList<>();

    double p50() {
      return median(times.stream().map(Latencies::p50).toList());
    }

    double p99() {
      return median(times.stream().map(Latencies::p99).toList());
    }

    double accepted() {
      return median(accepted);
    }

    private static double median(List<Double> values) {
      return values.stream().sorted().toList().get(values.size() / 2);
    }
  }

  Overload(
      Children children,
      Path script,
      Surroundings around,
      Processors processors,
      Size size,
      Consumer<String> progress) {
    this.children = children;
    this.script = script;
    this.around = around;
    this.processors = processors;
    this.size = size;
    this.progress = progress;
  }

  /** All of it. */
  void measure(Sheet sheet) throws IOException, InterruptedException, TimeoutException {
    Node.Options options = OverloadBench.options(size.allowed());
    try (Node node = Node.start(children, script, around, Secrets.of(1), options, "full");
        LoadClients clients = new LoadClients(node.address(), Node.DATACENTER, 1)) {
      node.runOn(processors);
      Supplier<ClientHello> hellos = node.secrets().hellos(Hellos::hybrid);
      Crowd crowd = new Crowd(talk -> clients.open(hellos.get(), talk), AT_ONCE, AT_MOST);
      progress.accept("warming up");
      crowd.churn(Integer.MAX_VALUE, size.span().multipliedBy(2));
      List<Echo> echoes = crowd.open(size.served());
      Duration interval = Duration.ofSeconds(1).multipliedBy(size.served()).dividedBy(size.rate());
      try (Pulse pulse = Pulse.start(echoes, interval)) {
        for (CrowdCommand.Kind kind : CrowdCommand.Kind.values()) {
          loaded.put(kind, new Seen());
          beside(node, kind, pulse, new Seen()); // the first time code is compiled for it
        }
        for (int run = 0; run < size.runs(); run++) {
          for (Map.Entry<CrowdCommand.Kind, Seen> each : loaded.entrySet()) {
            progress.accept("alone");
            span(node, pulse, alone);
            beside(node, each.getKey(), pulse, each.getValue());
          }
        }
      }
      node.requireNoErrors();
      report(sheet, node);
    }
  }

  private void beside(Node node, CrowdCommand.Kind kind, Pulse pulse, Seen seen)
      throws IOException, InterruptedException {
    progress.accept("beside others: " + kind.name().toLowerCase(Locale.ROOT));
    int count = kind == CrowdCommand.Kind.HELD ? 2 * size.allowed() : FLOOD;
    try (StandIn crowd =
        OverloadBench.crowd(
            children,
            kind,
            "127.0.0.1:" + node.address().getPort(),
            node.secrets().all().getFirst().secret().toHex(),
            Integer.toString(count),
            Integer.toString(size.flood()))) {
      span(node, pulse, seen);
      if (seen.accepted.getLast() < 1) {
        throw new IllegalStateException("nobody came: " + kind);
      }
    }
  }

  private void span(Node node, Pulse pulse, Seen seen) throws IOException, InterruptedException {
    Thread.sleep(SETTLE);
    double before = accepted(node);
    long begin = System.nanoTime();
    pulse.take();
    Thread.sleep(size.span());
    Latencies taken = pulse.take();
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (taken.count() < ALL * size.rate() * seconds) {
      throw new IllegalStateException(
          "of %.0f messages %d came back: the node, or this machine, stood still"
              .formatted(size.rate() * seconds, taken.count()));
    }
    seen.times.add(taken);
    seen.accepted.add((accepted(node) - before) / seconds);
  }

  private static double accepted(Node node) throws IOException {
    return node.metrics().values("doppelfleet_accepted_total").sum();
  }

  private void report(Sheet sheet, Node node) throws IOException {
    sheet.title(
        "%d clients served, of %d connections allowed; medians of %d"
            .formatted(size.served(), size.allowed(), size.runs()));
    sheet.add("echo alone, p50", alone.p50(), "us");
    sheet.add("echo alone, p99", alone.p99(), "us");
    loaded.forEach((kind, seen) -> report(sheet, kind, seen));
    sheet.title("in all");
    sheet.add(
        "times that accepting paused",
        node.metrics().values("doppelfleet_accept_held_total").sum(),
        "");
  }

  private void report(Sheet sheet, CrowdCommand.Kind kind, Seen seen) {
    sheet.title(
        switch (kind) {
          case HELD -> "beside " + 2 * size.allowed() + " others who want to stay";
          case STRANGERS -> "beside a flood of hellos of no secret, " + flood();
          case HELLOS -> "beside a flood of right hellos, " + flood();
        });
    sheet.add("accepted", seen.accepted(), "/s");
    sheet.add("echo, p50", seen.p50(), "us");
    sheet.add("echo, p99", seen.p99(), "us");
    sheet.add("p99 against alone", seen.p99() / alone.p99(), "", MOST);
  }

  private String flood() {
    return size.flood() + " a second, " + FLOOD + " at once, or as many as come through";
  }
}
