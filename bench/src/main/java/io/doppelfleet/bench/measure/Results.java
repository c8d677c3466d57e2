package io.doppelfleet.bench.measure;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The values of all runs, shown as their medians. */
public final class Results {
  /** Of the JSON form. */
  private static final int FORMAT = 1;

  private final Map<Figure, List<Double>> values = new LinkedHashMap<>();

  void add(String group, String name, String unit, double value) {
    values.computeIfAbsent(new Figure(group, name, unit), figure -> new ArrayList<>()).add(value);
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** One line a figure: its median, and the extremes where there were several runs. */
  public String table() {
    StringBuilder table = new StringBuilder();
    String group = "";
    for (Map.Entry<Figure, List<Double>> entry : values.entrySet()) {
      Figure figure = entry.getKey();
      if (!figure.group().equals(group)) {
        group = figure.group();
        table.append(group).append('\n');
      }
      List<Double> of = entry.getValue();
      table.append(
          String.format(
              Locale.ROOT, "  %-36s %12s %s", figure.name(), rounded(median(of)), figure.unit()));
      if (of.size() > 1) {
        double least = of.stream().mapToDouble(d -> d).min().orElseThrow();
        double most = of.stream().mapToDouble(d -> d).max().orElseThrow();
        table.append("  (").append(rounded(least)).append(" to ").append(rounded(most)).append(')');
      }
      table.append('\n');
    }
    return table.toString();
  }

  /** Three digits, or all before the point; none after it where there are none. */
  private static String rounded(double value) {
    double size = Math.abs(value);
    int digits = size >= 100 || size == Math.rint(size) ? 0 : size >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /** All values with their medians. */
  public JsonObject toJson() {
    JsonArray figures = new JsonArray();
    values.forEach(
        (figure, of) ->
            figures.add(
                new JsonObject()
                    .put("group", figure.group())
                    .put("name", figure.name())
                    .put("unit", figure.unit())
                    .put("median", median(of))
                    .put("values", new JsonArray(List.copyOf(of)))));
    return new JsonObject()
        .put("format", FORMAT)
        .put("processors", Runtime.getRuntime().availableProcessors())
        .put("java", Runtime.version().toString())
        .put("kernel", System.getProperty("os.version"))
        .put("figures", figures);
  }
}
