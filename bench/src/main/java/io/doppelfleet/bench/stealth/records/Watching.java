package io.doppelfleet.bench.stealth.records;

import io.doppelfleet.bench.stealth.records.Visitor.Kind;
import io.doppelfleet.bench.stealth.report.Report;
import io.doppelfleet.bench.stealth.report.Report.Bound;
import io.doppelfleet.bench.stealth.scene.Node;
import io.doppelfleet.bench.stealth.scene.Pages;
import io.doppelfleet.bench.stealth.scene.Site;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Watches browsers on the cover and clients on nodes, and lets a classifier tell them apart. It
 * learns from one run and is tried on another; a connection is never in both. What clients are sent
 * is as long as what visitors of the cover got who came before, and are in neither.
 */
public final class Watching {
  private static final String PART = "records";
  private static final String COVER = "cover";
  private static final String AGAIN = "again";
  private static final String ORACLE = "oracle";

  /** How much better than the cover from itself a node may be told. */
  private static final double MORE_THAN_ITSELF = 0.05;

  /** How much better than the oracle. */
  private static final double MORE_THAN_ORACLE = 0.03;

  /** What must be reached between the cover and a relay that does not shape. */
  private static final double SEEING = 0.95;

  private static final int LONGEST_THOUGHT_MILLIS = 3;

  private final Site site;
  private final Pages pages;
  private final boolean h2;
  private final InetSocketAddress datacenter;
  private final Map<String, Node> nodes;
  private final Random random = new Random(2);

  /**
   * Of a site and nodes that hide behind it.
   *
   * @param datacenter the nodes', where the oracle gets its bytes too
   * @param nodes by the name of their shaping; {@code off} does not shape
   */
  public Watching(
      Site site, Pages pages, boolean h2, InetSocketAddress datacenter, Map<String, Node> nodes) {
    this.site = site;
    this.pages = pages;
    this.h2 = h2;
    this.datacenter = datacenter;
    this.nodes = new LinkedHashMap<>(nodes);
  }

  private interface Entrance {
    /**
     * For one more.
     *
     * @param number of the visit, from 0
     * @param chance decides what else it is
     */
    Visitor open(int number, SplittableRandom chance) throws IOException;
  }

  /**
   * Watches.
   *
   * @param connections of each source, in each of the two runs
   */
  public void measure(String cover, int connections, Report report)
      throws IOException, InterruptedException {
    for (Kind kind : Kind.values()) {
      int count = kind == Kind.BULK ? Math.max(2, connections / 2) : connections;
      Entrance web = (number, chance) -> new WebVisitor(site, pages, h2, paths(kind, chance));
      Map<String, Entrance> sources = new LinkedHashMap<>();
      sources.put(COVER, web);
      List<List<Response>> seen = run(sources, kind, 0, 2 * count).getOrDefault(COVER, List.of());
      try (Oracle oracle = Oracle.open(datacenter, seen)) {
        sources.put(AGAIN, web);
        sources.put(
            ORACLE,
            (number, chance) -> new OracleVisitor(oracle.address(), lengths(seen.get(number))));
        nodes.forEach(
            (shaping, node) ->
                sources.put(
                    shaping,
                    (number, chance) ->
                        new ClientVisitor(
                            node.address(), node.clientSecret(), lengths(seen.get(number)))));
        Map<String, List<List<Response>>> learnt = run(sources, kind, 0, count);
        Map<String, List<List<Response>>> tried = run(sources, kind, count, count);
        report(cover, kind, learnt, tried, report);
      }
    }
  }

  private List<String> paths(Kind kind, SplittableRandom chance) {
    List<String> all = kind == Kind.BULK ? pages.large() : pages.small();
    return Stream.generate(() -> all.get(chance.nextInt(all.size())))
        .limit(kind.requests())
        .toList();
  }

  private static List<Integer> lengths(List<Response> visit) {
    return visit.stream().map(Response::bytes).toList();
  }

  private Map<String, List<List<Response>>> run(
      Map<String, Entrance> sources, Kind kind, int from, int connections)
      throws IOException, InterruptedException {
    Map<String, List<List<Response>>> seen = new HashMap<>();
    List<String> order = new ArrayList<>(sources.keySet());
    for (int i = 0; i < connections; i++) {
      Collections.shuffle(order, random);
      for (String name : order) {
        Entrance entrance = sources.get(name);
        if (entrance != null) {
          seen.computeIfAbsent(name, n -> new ArrayList<>()).add(visit(entrance, from + i, kind));
        }
      }
    }
    return seen;
  }

  private List<Response> visit(Entrance entrance, int number, Kind kind)
      throws IOException, InterruptedException {
    SplittableRandom chance = new SplittableRandom(random.nextLong());
    List<Response> responses = new ArrayList<>();
    try (Visitor visitor = entrance.open(number, chance)) {
      for (int i = 0; i < kind.requests(); i++) {
        responses.add(visitor.ask());
        Thread.sleep(chance.nextInt(1 + LONGEST_THOUGHT_MILLIS));
      }
    }
    return responses;
  }

  private void report(
      String cover,
      Kind kind,
      Map<String, List<List<Response>>> learnt,
      Map<String, List<List<Response>>> tried,
      Report report) {
    for (View view : View.values()) {
      double itself = auc(view, AGAIN, learnt, tried);
      double oracle = auc(view, ORACLE, learnt, tried);
      String what = kind.name().toLowerCase(Locale.ROOT) + ", " + view.label() + ", cover from ";
      report.add(PART, cover, what + "itself", itself, Bound.NONE, common(view, tried, COVER));
      report.add(PART, cover, what + ORACLE, oracle, Bound.NONE, common(view, tried, ORACLE));
      double most = Math.max(itself + MORE_THAN_ITSELF, oracle + MORE_THAN_ORACLE);
      for (Map.Entry<String, Node> node : nodes.entrySet()) {
        String shaping = node.getKey();
        report.add(
            PART,
            cover,
            what + (shaping.isEmpty() ? "node" : "shaping " + shaping),
            auc(view, shaping, learnt, tried),
            bound(view, shaping, most),
            common(view, tried, shaping));
      }
    }
  }

  private static Bound bound(View view, String shaping, double most) {
    return switch (shaping) {
      case "", "off" -> view == View.EXACT ? Bound.least(SEEING) : Bound.NONE;
      case "light" -> Bound.NONE;
      default -> Bound.most(most);
    };
  }

  private double auc(
      View view,
      String name,
      Map<String, List<List<Response>>> learnt,
      Map<String, List<List<Response>>> tried) {
    return Judge.train(seen(view, learnt, COVER), seen(view, learnt, name))
        .auc(seen(view, tried, COVER), seen(view, tried, name));
  }

  private List<List<Response>> seen(
      View view, Map<String, List<List<Response>>> connections, String name) {
    SplittableRandom chance = new SplittableRandom(random.nextLong());
    return of(connections, name).stream().map(c -> view.of(c, chance)).toList();
  }

  private static List<List<Response>> of(Map<String, List<List<Response>>> seen, String name) {
    return seen.getOrDefault(name, List.of());
  }

  /** The commonest sizes, for whoever looks for the reason. */
  private static List<String> common(
      View view, Map<String, List<List<Response>>> seen, String name) {
    if (view != View.EXACT) {
      return List.of(); // the same once more
    }
    Map<Integer, Integer> counts = new HashMap<>();
    of(seen, name)
        .forEach(c -> c.forEach(r -> r.sizes().forEach(s -> counts.merge(s, 1, Integer::sum))));
    int all = counts.values().stream().mapToInt(Integer::intValue).sum();
    StringBuilder text = new StringBuilder(all + " records; commonest sizes");
    counts.entrySet().stream()
        .sorted(Map.Entry.<Integer, Integer>comparingByValue().reversed())
        .limit(6)
        .forEach(
            e ->
                text.append(" ")
                    .append(e.getKey())
                    .append(" (")
                    .append(Math.round(100.0 * e.getValue() / all))
                    .append(" %)"));
    return List.of(text.toString());
  }
}
