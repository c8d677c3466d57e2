package io.doppelfleet.bench.stealth.report;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** All findings in the order in which they were made. For one thread. */
public final class Report {
  private static final int FORMAT = 1;
  private static final int LINE = 400;

  private final List<Row> rows = new ArrayList<>();

  /**
   * A number.
   *
   * @param bound what the number is held to
   * @param notes what it is made of, a line each
   */
  private record Row(
      String part, String cover, String name, double value, Bound bound, List<String> notes) {}

  /**
   * What a number is held to.
   *
   * @param least not less than this, or null
   * @param most not more than this, or null
   */
  public record Bound(@Nullable Double least, @Nullable Double most) {
    /** Only told. */
    public static final Bound NONE = new Bound(null, null);

    /** Not more than this. */
    public static Bound most(double most) {
      return new Bound(null, most);
    }

    /** Not less than this. */
    public static Bound least(double least) {
      return new Bound(least, null);
    }

    private boolean holds(double value) {
      return (least == null || value >= least) && (most == null || value <= most);
    }

    private String text() {
      if (least != null) {
        return "at least " + rounded(least);
      }
      return most != null ? "at most " + rounded(most) : "";
    }
  }

  /** Adds a finding. */
  public void add(String part, String cover, String name, double value, Bound bound) {
    add(part, cover, name, value, bound, List.of());
  }

  /** Adds a finding with what explains it. */
  public void add(
      String part, String cover, String name, double value, Bound bound, List<String> notes) {
    rows.add(new Row(part, cover, name, value, bound, List.copyOf(notes)));
  }

  /** How many findings are out of their bounds. */
  public long failed() {
    return rows.stream().filter(row -> !row.bound.holds(row.value)).count();
  }

  /** A line a finding, its notes below. */
  public String table() {
    StringBuilder text = new StringBuilder();
    String part = "";
    for (Row row : rows) {
      String head = row.part + ", " + row.cover;
      if (!head.equals(part)) {
        part = head;
        text.append(head).append('\n');
      }
      String verdict = row.bound.text().isEmpty() ? "" : row.bound.holds(row.value) ? "ok" : "NO";
      text.append(
          String.format(
                  Locale.ROOT,
                  "  %-64s %10s  %-16s %s",
                  row.name,
                  rounded(row.value),
                  row.bound.text(),
                  verdict)
              .stripTrailing());
      text.append('\n');
      for (String note : row.notes) {
        text.append("      ").append(cut(note)).append('\n');
      }
    }
    return text.toString();
  }

  private static String cut(String note) {
    return note.length() <= LINE ? note : note.substring(0, LINE) + "...";
  }

  private static String rounded(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : "%.3f", value);
  }

  /** All of it. */
  public JsonObject toJson() {
    JsonArray found = new JsonArray();
    for (Row row : rows) {
      found.add(
          new JsonObject()
              .put("part", row.part)
              .put("cover", row.cover)
              .put("name", row.name)
              .put("value", row.value)
              .put("least", row.bound.least())
              .put("most", row.bound.most())
              .put("holds", row.bound.holds(row.value))
              .put("notes", new JsonArray(row.notes)));
    }
    return new JsonObject().put("format", FORMAT).put("found", found);
  }
}
