package io.doppelfleet.launcher.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows in columns as wide as their longest word. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... titles) {
    row(titles);
  }

  void row(String... words) {
    rows.add(Arrays.stream(words).map(Table::printable).toList());
  }

  /** What others wrote must not move the cursor. */
  private static String printable(String word) {
    return word.replaceAll("\\p{Cntrl}", "\ufffd");
  }

  /** The lines; without rows beneath the titles only this sentence. */
  String text(String whenEmpty) {
    if (rows.size() == 1) {
      return whenEmpty + "\n";
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        line.append(row.get(column)).repeat(' ', width(column) - row.get(column).length() + 2);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }
}
