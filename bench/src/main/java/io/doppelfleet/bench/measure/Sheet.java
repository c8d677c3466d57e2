package io.doppelfleet.bench.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was measured, a line each. */
public final class Sheet {
  private static final double NONE = Double.POSITIVE_INFINITY;

  private final List<Line> lines = new ArrayList<>();

  /**
   * A figure.
   *
   * @param must what it may be at most
   */
  private record Line(String name, double value, String unit, double must) {
    boolean isMet() {
      return must == NONE || value <= must;
    }

    String goal() {
      return must == NONE
          ? ""
          : String.format(Locale.ROOT, "must %.0f: %s", must, isMet() ? "met" : "MISSED");
    }
  }

  /** Lines of what follows begin beneath this one. */
  public void title(String title) {
    lines.add(new Line(title, NONE, "", NONE));
  }

  /** A figure of which there is no bound. */
  public void add(String name, double value, String unit) {
    add(name, value, unit, NONE);
  }

  /** One that is held against a bound. */
  public void add(String name, double value, String unit, double must) {
    lines.add(new Line("  " + name, value, unit, must));
  }

  /** Whether none of its bounds was missed. */
  public boolean isMet() {
    return lines.stream().allMatch(Line::isMet);
  }

  /** All lines. */
  public String text() {
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
