package io.doppelfleet.bench.stealth.flight;

import io.doppelfleet.bench.stealth.report.Report;
import io.doppelfleet.bench.stealth.report.Report.Bound;
import io.doppelfleet.bench.stealth.scene.Node;
import io.doppelfleet.bench.stealth.scene.Site;
import io.doppelfleet.bench.stealth.stat.Separation;
import io.doppelfleet.bench.stealth.wire.Wire;
import io.doppelfleet.proxy.hello.HelloKind;
import io.doppelfleet.proxy.hello.MalformedHelloException;
import io.doppelfleet.standin.client.BrokenRuleException;
import io.doppelfleet.standin.client.CapturedHello;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.FakeTlsClient;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Sends the hellos of real clients to the node, which answers itself, and to its cover. */
public final class Flights {
  private static final String PART = "flights";
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** What a total size may tell. */
  private static final double TOTAL_AT_MOST = 0.6;

  private final Site site;
  private final Node node;
  private final Duration patience;
  private final Consumer<String> progress;
  private final SecureRandom random = new SecureRandom();

  /**
   * Of a node and the site that it hides behind.
   *
   * @param patience for the node to learn how the cover answers hellos that are new to it
   */
  public Flights(Site site, Node node, Duration patience, Consumer<String> progress) {
    this.patience = patience;
    this.progress = progress;
    this.site = site;
    this.node = node;
  }

  /**
   * Compares.
   *
   * @param trials of each hello
   */
  public void measure(String cover, int trials, Report report)
      throws IOException, InterruptedException {
    acquaint();
    int illegal = 0;
    List<String> broken = new ArrayList<>();
    for (CapturedHello captured : CapturedHello.all()) {
      List<Flight> ours = new ArrayList<>();
      List<Flight> theirs = new ArrayList<>();
      for (int i = 0; i < trials; i++) {
        ClientHello hello = captured.forSecret(node.clientSecret(), random);
        ours.add(flight(hello, node));
        theirs.add(flight(hello, site));
        String wrong = illegality(captured.forSecret(node.clientSecret(), random));
        if (!wrong.isEmpty()) {
          illegal++;
          broken.add(captured.name() + ": " + wrong);
        }
      }
      compare(cover, captured.name(), ours, theirs, report);
    }
    report.add(
        PART,
        cover,
        "flights that a client or RFC 8446 would refuse, of " + trials * 10,
        illegal,
        Bound.most(0),
        broken.stream().distinct().limit(3).toList());
  }

  /** Has the node see each kind of hello, so that it may learn how the cover answers it. */
  private void acquaint() throws IOException, InterruptedException {
    Set<HelloKind> kinds = new HashSet<>();
    for (CapturedHello captured : CapturedHello.all()) {
      ClientHello hello = captured.forSecret(node.clientSecret(), random);
      flight(hello, node);
      try {
        kinds.add(HelloKind.of(new io.doppelfleet.proxy.hello.ClientHello(hello.bytes())));
      } catch (MalformedHelloException e) {
        throw new IOException(captured.name() + " is no hello", e);
      }
    }
    if (!node.awaitLearnt(kinds, patience)) {
      progress.accept("the node has not learnt how its cover answers all ten hellos");
    }
  }

  private static Flight flight(ClientHello hello, Node node) throws IOException {
    return flight(hello, Wire.connect(node.address()));
  }

  private static Flight flight(ClientHello hello, Site site) throws IOException {
    return flight(hello, Wire.connect(site.address()));
  }

  private static Flight flight(ClientHello hello, Wire wire) throws IOException {
    try (wire) {
      wire.send(hello.bytes());
      wire.readBurst(ANSWER);
      return Flight.read(wire.received(), hello.bytes());
    }
  }

  private String illegality(ClientHello hello) throws IOException {
    try (FakeTlsClient client = FakeTlsClient.connect(node.address())) {
      client.raw().send(hello.bytes());
      client.readFlight(hello);
      return "";
    } catch (BrokenRuleException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static void compare(
      String cover, String name, List<Flight> ours, List<Flight> theirs, Report report) {
    List<String> notes = new ArrayList<>();
    int differences = 0;
    differences += differ("ServerHello", Flight::hello, ours, theirs, notes);
    differences += differ("change_cipher_specs", Flight::specs, ours, theirs, notes);
    differences += records(ours, theirs, notes);
    double auc = Separation.auc(lengths(ours), lengths(theirs));
    report.add(
        PART, cover, name + ": differences that no rule forces", differences, Bound.most(0), notes);
    // Few sizes, so that a sample of a few says little.
    double deviation = 1 / Math.sqrt(6.0 * ours.size());
    report.add(
        PART,
        cover,
        name + ": AUC of total size",
        auc,
        Bound.most(TOTAL_AT_MOST + 2 * deviation),
        List.of("node " + span(ours) + ", cover " + span(theirs) + " bytes"));
  }

  private static int differ(
      String what,
      Function<Flight, Object> part,
      List<Flight> ours,
      List<Flight> theirs,
      List<String> notes) {
    String node = kinds(part, ours);
    String cover = kinds(part, theirs);
    if (node.equals(cover)) {
      return 0;
    }
    notes.add(what + ": node " + node + "; cover " + cover);
    return 1;
  }

  private static String kinds(Function<Flight, Object> part, List<Flight> flights) {
    return flights.stream()
        .map(flight -> String.valueOf(part.apply(flight)))
        .distinct()
        .sorted()
        .collect(Collectors.joining(" or "));
  }

  /**
   * Clients take but one encrypted record; which others there were is told, not held against us.
   */
  private static int records(List<Flight> ours, List<Flight> theirs, List<String> notes) {
    NavigableSet<Integer> node = counts(ours);
    NavigableSet<Integer> cover = counts(theirs);
    if (node.equals(cover)) {
      return 0;
    }
    boolean forced = node.equals(new TreeSet<>(List.of(1))) && cover.first() > 1;
    notes.add(
        String.format(
            Locale.ROOT,
            "%sencrypted records: node %s, cover %s, as %s",
            forced ? "forced by the rule of one record: " : "",
            node,
            cover,
            theirs.getFirst().sealed()));
    return forced ? 0 : 1;
  }

  private static NavigableSet<Integer> counts(List<Flight> flights) {
    return flights.stream()
        .map(flight -> flight.sealed().size())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static double[] lengths(List<Flight> flights) {
    return flights.stream().mapToDouble(Flight::length).toArray();
  }

  private static String span(List<Flight> flights) {
    return flights.stream().mapToInt(Flight::length).min().orElse(0)
        + " to "
        + flights.stream().mapToInt(Flight::length).max().orElse(0);
  }
}
