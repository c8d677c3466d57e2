package io.doppelfleet.bench.measure;

import java.util.List;
import java.util.Locale;

/**
 * The table as a picture. A row that has a yardstick has a bar too: the node's value against the
 * relay's, where the line across is the relay. A row that misses its goal is red.
 */
final class Picture {
  private static final int MARGIN = 16;
  private static final int ROW = 20;
  private static final int NAME = 270;
  private static final int UNIT = 56;
  private static final int COLUMN = 92;
  private static final int BAR = 160;

  /** The bar's right end. */
  private static final double LONGEST_RATIO = 2;

  private final Results results;
  private final StringBuilder svg = new StringBuilder();
  private final int columns;
  private int y = MARGIN + ROW;

  Picture(Results results) {
    this.results = results;
    this.columns = Table.titles(results).size();
  }

  String svg() {
    for (String sentence : results.setting().sentences()) {
      text(MARGIN, "start", "#555", sentence);
      y += ROW;
    }
    row("", "", Table.titles(results), "#555");
    int barTop = y;
    String group = "";
    for (Figure figure : results.figures()) {
      if (!figure.group().equals(group)) {
        group = figure.group();
        y += ROW / 2;
        text(MARGIN, "start", "#000\" font-weight=\"bold", group);
        y += ROW;
      }
      Double ratio = results.ratio(figure);
      if (ratio != null) {
        bar(figure, ratio);
      }
      boolean missed = results.met(figure) == Goal.Met.MISSED;
      row(figure.name(), figure.unit(), Table.cells(results, figure), missed ? "#b3261e" : "#000");
    }
    int at = barLeft() + (int) (BAR / LONGEST_RATIO);
    svg.append("<path d=\"M%d %dV%d\" stroke=\"#555\"/>%n".formatted(at, barTop - ROW, y - ROW));
    int width = barLeft() + BAR + MARGIN;
    return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" \
        font-size="12">
        <rect width="100%%" height="100%%" fill="#fff"/>
        %s</svg>
        """
        .formatted(width, y, svg);
  }

  private int barLeft() {
    return MARGIN + NAME + UNIT + columns * COLUMN + MARGIN;
  }

  private void bar(Figure figure, double ratio) {
    boolean good = figure.better() == Figure.Better.LESS ? ratio <= 1 : ratio >= 1;
    double width = BAR * Math.min(ratio, LONGEST_RATIO) / LONGEST_RATIO;
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"12\" fill=\"%s\"/>%n",
            barLeft(),
            y - 11,
            width,
            good ? "#3a8f5c" : "#c77d2b"));
  }

  private void row(String name, String unit, List<String> cells, String colour) {
    text(MARGIN, "start", colour, name);
    text(MARGIN + NAME, "start", "#555", unit);
    for (int i = 0; i < cells.size(); i++) {
      text(MARGIN + NAME + UNIT + (i + 1) * COLUMN, "end", colour, cells.get(i));
    }
    y += ROW;
  }

  private void text(int x, String anchor, String colour, String text) {
    if (!text.isEmpty()) {
      String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
      svg.append(
          "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n"
              .formatted(x, y, anchor, colour, escaped));
    }
  }
}
