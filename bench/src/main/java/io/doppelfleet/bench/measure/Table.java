package io.doppelfleet.bench.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The results as text: a line a figure, a column each for node, relay, their ratio and peers. */
final class Table {
  private static final int NAME = 38;
  private static final int UNIT = 6;
  private static final int COLUMN = 12;

  private final Results results;

  Table(Results results) {
    this.results = results;
  }

  /** What a row says, from left to right; empty where nothing was measured. */
  static List<String> cells(Results results, Figure figure) {
    List<String> cells = new ArrayList<>();
    cells.add(median(results.values(figure, Results.NODE)));
    String best = results.bestRelay(figure);
    cells.add(best == null ? "" : median(results.values(figure, best)));
    cells.add(best == null ? "" : best.substring(Results.RELAY.length()));
    cells.add(ratio(results.ratio(figure)));
    for (String peer : results.peers()) {
      cells.add(median(results.values(figure, peer)));
    }
    return cells;
  }

  /** The titles of {@link #cells}. */
  static List<String> titles(Results results) {
    List<String> titles = new ArrayList<>(List.of("node", "relay", "its reads", "node/relay"));
    titles.addAll(results.peers());
    return titles;
  }

  private static String median(List<Double> values) {
    return values.isEmpty() ? "" : rounded(Results.median(values));
  }

  private static String ratio(@Nullable Double ratio) {
    return ratio == null ? "" : String.format(Locale.ROOT, "%.2f", ratio);
  }

  /** Three digits, or all before the point; none after it where there are none. */
  static String rounded(double value) {
    double size = Math.abs(value);
    int digits = size >= 100 || size == Math.rint(size) ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  String text() {
    StringBuilder text = new StringBuilder(Machine.here().sentence()).append('\n');
    line(text, "", "", titles(results));
    String group = "";
    for (Figure figure : results.figures()) {
      if (!figure.group().equals(group)) {
        group = figure.group();
        text.append(group).append('\n');
      }
      line(text, "  " + figure.name(), figure.unit(), cells(results, figure));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String unit, List<String> cells) {
    StringBuilder line = new StringBuilder();
    line.append(String.format("%-" + NAME + "s %-" + UNIT + "s", name, unit));
    cells.forEach(cell -> line.append(String.format("%" + COLUMN + "s", cell)));
    text.append(line.toString().stripTrailing()).append('\n');
  }
}
