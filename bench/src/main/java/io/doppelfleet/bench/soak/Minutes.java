package io.doppelfleet.bench.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** What was seen minute by minute, and what became of the memory. */
final class Minutes {
  private static final double MEGA = 1e6;

  private final List<Row> rows = new ArrayList<>();

  /**
   * One minute.
   *
   * @param resident memory of the first node, bytes
   * @param other of the second one, which is killed; 0 while it is dead
   * @param control memory of the control
   * @param files that the first one has open
   * @param connections at the first one
   * @param waiting bytes that wait there for readers
   * @param done by both in that minute: messages, visits, content
   * @param bytes of content in that minute
   * @param p99 of echoes, microseconds
   * @param failed since the start
   * @param lost by the kill
   */
  record Row(
      long resident,
      long other,
      long control,
      int files,
      int connections,
      long waiting,
      long done,
      long bytes,
      double p99,
      long failed,
      long lost) {
    String text(int minute) {
      return String.format(
          Locale.ROOT,
          "%6d %10.1f %10.1f %7d %7d %9d %9d %9.1f %8.2f %7d %6d",
          minute,
          resident / MEGA,
          other / MEGA,
          files,
          connections,
          waiting,
          done,
          bytes / MEGA,
          p99 / 1e3,
          failed,
          lost);
    }
  }

  static String head() {
    return String.format(
        Locale.ROOT,
        "%6s %10s %10s %7s %7s %9s %9s %9s %8s %7s %6s",
        "minute",
        "first, MB",
        "other, MB",
        "files",
        "conns",
        "wait, B",
        "done",
        "MB",
        "p99, ms",
        "failed",
        "lost");
  }

  void add(Row row) {
    rows.add(row);
  }

  int count() {
    return rows.size();
  }

  /**
   * What became of a process's memory in the last three quarters of a time: before that code is
   * compiled and pools are filled.
   *
   * @param resident on average, bytes
   * @param slope by how much that grew in a minute, bytes, by least squares; 0 where there are
   *     fewer than three minutes to look at
   * @param minutes how many there are
   */
  record Memory(double resident, double slope, int minutes) {
    /** In all, as a part of what it is. */
    double growth() {
      return slope * minutes / resident;
    }
  }

  /**
   * Of one of them.
   *
   * @param from the minute with which that time begins
   */
  Memory memory(ToLongFunction<Row> of, int from) {
    List<Row> all = rows.subList(from, rows.size());
    List<Row> late = all.subList(all.size() / 4, all.size());
    int n = late.size();
    double meanX = (n - 1) / 2.0;
    double meanY = late.stream().mapToLong(of).average().orElse(0);
    double above = 0;
    double below = 0;
    for (int x = 0; x < n; x++) {
      above += (x - meanX) * (of.applyAsLong(late.get(x)) - meanY);
      below += (x - meanX) * (x - meanX);
    }
    return new Memory(meanY, n < 3 ? 0 : above / below, n);
  }
}
