package io.doppelfleet.bench.measure;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The values of all runs by figure and by what was measured, in which the node stands beside the
 * yardstick and the peers.
 */
public final class Results {
  /** The node's name in every form of the results. */
  public static final String NODE = "node";

  /** What the names of the yardstick's ways of reading begin with. */
  public static final String RELAY = "relay ";

  /** Of the JSON form. */
  private static final int FORMAT = 3;

  private final Setting setting;
  private final Map<Figure, Map<String, List<Double>>> values = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  Results(Setting setting) {
    this.setting = setting;
  }

  Setting setting() {
    return setting;
  }

  void add(Figure figure, String subject, double value) {
    values
        .computeIfAbsent(figure, f -> new LinkedHashMap<>())
        .computeIfAbsent(subject, s -> new ArrayList<>())
        .add(value);
  }

  /** A part ended before its end. */
  void failed(String why) {
    failures.add(why);
  }

  /** Why parts ended before their end; none where all was measured. */
  public List<String> failures() {
    return List.copyOf(failures);
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** Groups in the order of measuring, and so those of a group. */
  List<Figure> figures() {
    Map<String, List<Figure>> groups = new LinkedHashMap<>();
    for (Figure figure : values.keySet()) {
      groups.computeIfAbsent(figure.group(), group -> new ArrayList<>()).add(figure);
    }
    return groups.values().stream().flatMap(List::stream).toList();
  }

  /** Of one subject, none where it wasn't measured. */
  List<Double> values(Figure figure, String subject) {
    return values.getOrDefault(figure, Map.of()).getOrDefault(subject, List.of());
  }

  /** All names but the node's and the yardstick's. */
  List<String> peers() {
    Set<String> peers = new TreeSet<>();
    values.values().forEach(of -> peers.addAll(of.keySet()));
    peers.removeIf(name -> name.equals(NODE) || name.startsWith(RELAY));
    return List.copyOf(peers);
  }

  /** The yardstick's way of reading whose median is best, where it was measured. */
  @Nullable String bestRelay(Figure figure) {
    Comparator<String> byMedian = Comparator.comparingDouble(name -> median(values(figure, name)));
    return values.getOrDefault(figure, Map.of()).keySet().stream()
        .filter(name -> name.startsWith(RELAY))
        .min(figure.better() == Figure.Better.LESS ? byMedian : byMedian.reversed())
        .orElse(null);
  }

  /**
   * The median of the node's values, each divided by the best relay's of the same run: what slows
   * both down at one time cancels out. None where a relay spent less than the clock can tell.
   */
  @Nullable Double ratio(Figure figure) {
    String best = bestRelay(figure);
    if (best == null) {
      return null;
    }
    List<Double> own = values(figure, NODE);
    List<Double> other = values(figure, best);
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < Math.min(own.size(), other.size()); i++) {
      if (other.get(i) > 0) {
        ratios.add(own.get(i) / other.get(i));
      }
    }
    return ratios.isEmpty() ? null : median(ratios);
  }

  /** What a row is to come to, if it has such a goal and says anything. */
  @Nullable Goal goal(Figure figure) {
    return setting.plan().quick() ? null : Goal.of(figure);
  }

  /** How far the node has come, where there is a goal and what it is for was measured. */
  Goal.@Nullable Met met(Figure figure) {
    Goal goal = goal(figure);
    List<Double> own = values(figure, NODE);
    if (goal == null || own.isEmpty()) {
      return null;
    }
    Double reached = goal.of() == Goal.Of.RATIO ? ratio(figure) : Double.valueOf(median(own));
    return reached == null ? null : goal.met(reached);
  }

  /** One line a figure, with medians. */
  public String table() {
    return new Table(this).text();
  }

  /** The table as a picture in SVG. */
  public String picture() {
    return new Picture(this).svg();
  }

  /** All values with their medians, and goals. */
  public JsonObject toJson() {
    JsonArray figures = new JsonArray();
    values.forEach(
        (figure, bySubject) -> {
          JsonObject measured = new JsonObject();
          bySubject.forEach((subject, of) -> measured.put(subject, toJson(of)));
          JsonObject entry =
              new JsonObject()
                  .put("group", figure.group())
                  .put("name", figure.name())
                  .put("unit", figure.unit())
                  .put("measured", measured);
          Double ratio = ratio(figure);
          if (ratio != null) {
            entry.put("relay", bestRelay(figure)).put("ratio", ratio);
          }
          Goal goal = goal(figure);
          if (goal != null) {
            entry.put("goal", toJson(goal, met(figure)));
          }
          figures.add(entry);
        });
    return new JsonObject().put("format", FORMAT).mergeIn(setting.toJson()).put("figures", figures);
  }

  private static JsonObject toJson(List<Double> values) {
    return new JsonObject()
        .put("median", median(values))
        .put("least", Collections.min(values))
        .put("most", Collections.max(values))
        .put("runs", values.size())
        .put("values", new JsonArray(List.copyOf(values)));
  }

  private static JsonObject toJson(Goal goal, Goal.@Nullable Met met) {
    JsonObject json = new JsonObject().put("of", goal.of().name().toLowerCase(Locale.ROOT));
    if (goal.must() != Goal.NONE) {
      json.put("must", goal.must());
    }
    if (goal.aim() != Goal.NONE) {
      json.put("aim", goal.aim());
    }
    return met == null ? json : json.put("met", met.name().toLowerCase(Locale.ROOT));
  }
}
