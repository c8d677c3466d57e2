package io.doppelfleet.bench.measure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The results as text: a line a figure; a column each for the node, its runs, the relay, their
 * ratio, the peers, and what the node is to come to.
 */
final class Table {
  private static final String INDENT = "  ";
  private static final String GAP = "   ";

  private final Results results;

  Table(Results results) {
    this.results = results;
  }

  /** What a row says, from left to right; empty where nothing was measured. */
  static List<String> cells(Results results, Figure figure) {
    List<String> cells = new ArrayList<>();
    List<Double> own = results.values(figure, Results.NODE);
    cells.add(median(own));
    cells.add(spread(own));
    cells.add(own.isEmpty() ? "" : Integer.toString(own.size()));
    String best = results.bestRelay(figure);
    cells.add(best == null ? "" : median(results.values(figure, best)));
    cells.add(best == null ? "" : best.substring(Results.RELAY.length()));
    cells.add(ratio(results.ratio(figure)));
    for (String peer : results.peers()) {
      cells.add(median(results.values(figure, peer)));
    }
    Goal goal = results.goal(figure);
    Goal.Met met = results.met(figure);
    cells.add(goal == null ? "" : goal.text());
    cells.add(met == null ? "" : met.word);
    return cells;
  }

  /** The titles of {@link #cells}. */
  static List<String> titles(Results results) {
    List<String> titles =
        new ArrayList<>(
            List.of("node", "least to most", "runs", "relay", "its reads", "node/relay"));
    titles.addAll(results.peers());
    titles.addAll(List.of("must / aim", "met"));
    return titles;
  }

  private static String median(List<Double> values) {
    return values.isEmpty() ? "" : rounded(Results.median(values));
  }

  private static String spread(List<Double> values) {
    return values.size() < 2
        ? ""
        : rounded(Collections.min(values)) + " - " + rounded(Collections.max(values));
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
    List<List<String>> lines = new ArrayList<>();
    lines.add(line("", "", titles(results)));
    String group = "";
    for (Figure figure : results.figures()) {
      if (!figure.group().equals(group)) {
        group = figure.group();
        lines.add(List.of(group));
      }
      lines.add(line(INDENT + figure.name(), figure.unit(), cells(results, figure)));
    }
    int[] widths = widths(lines);
    return Stream.concat(
            results.setting().sentences().stream(), lines.stream().map(line -> text(line, widths)))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static List<String> line(String name, String unit, List<String> cells) {
    List<String> line = new ArrayList<>(List.of(name, unit));
    line.addAll(cells);
    return line;
  }

  /** Of the columns; a group's title is in none. */
  private static int[] widths(List<List<String>> lines) {
    int[] widths = new int[lines.getFirst().size()];
    for (List<String> line : lines) {
      for (int i = 0; i < line.size() && line.size() > 1; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    return widths;
  }

  /** Name and unit begin at the left, figures end at the right. */
  private static String text(List<String> line, int[] widths) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < line.size(); i++) {
      String cell = line.get(i);
      String blanks = " ".repeat(Math.max(0, widths[i] - cell.length()));
      text.append(i == 0 ? "" : GAP).append(i < 2 ? cell + blanks : blanks + cell);
    }
    return text.toString().stripTrailing();
  }
}
