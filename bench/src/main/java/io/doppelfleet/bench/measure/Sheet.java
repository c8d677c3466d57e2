package io.doppelfleet.bench.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was measured, a line each. */
final class Sheet {
  private static final double NONE = Double.POSITIVE_INFINITY;

  private final List<Line> lines = new ArrayList<>();

  /**
   * A figure.
   *
   * @param must what it may be at most
   */
  private record Line(String name, double value, String unit, double must) {
    String goal() {
      return must == NONE
          ? ""
          : String.format(Locale.ROOT, "must %.0f: %s", must, value <= must ? "met" : "MISSED");
    }
  }

  /** Lines of what follows begin beneath this one. */
  void title(String title) {
    lines.add(new Line(title, NONE, "", NONE));
  }

  void add(String name, double value, String unit) {
    add(name, value, unit, NONE);
  }

  /** One that is held against a bound. */
  void add(String name, double value, String unit, double must) {
    lines.add(new Line("  " + name, value, unit, must));
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (Line line : lines) {
      String row =
          line.value == NONE
              ? line.name
              : String.format(
                  Locale.ROOT,
                  "%-58s %10.1f %-12s %s",
                  line.name,
                  line.value,
                  line.unit,
                  line.goal());
      text.append(row.stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
