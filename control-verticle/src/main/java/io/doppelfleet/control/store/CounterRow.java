package io.doppelfleet.control.store;

import io.doppelfleet.fleet.TrafficReport;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a counter.
 *
 * @param moved the greatest that it has said
 * @param open connections, as its last report said
 * @param held limited bytes that the node may move from there on
 * @param sequence of that report
 */
record CounterRow(Moved moved, int open, long held, long sequence) {
  /**
   * The same after a report, whichever came before: nothing of it ever becomes less, and its
   * connections are those of the last report.
   *
   * @param held as the report says; of the last one that is true, for a node makes no report while
   *     it may still get a grant for the one before
   */
  static CounterRow after(
      @Nullable CounterRow before, TrafficReport.Count count, long held, long sequence) {
    Moved said = new Moved(count.up(), count.down(), count.opened());
    if (before == null) {
      return new CounterRow(said, count.open(), held, sequence);
    }
    Moved moved = before.moved.orMore(said);
    return sequence > before.sequence
        ? new CounterRow(moved, count.open(), held, sequence)
        : new CounterRow(moved, before.open, before.held, before.sequence);
  }

  /** With a grant in place of what was held. */
  CounterRow holding(long bytes) {
    return new CounterRow(moved, open, bytes, sequence);
  }

  /** What this one has more than another, or than none. */
  Moved since(@Nullable CounterRow before) {
    return before == null
        ? moved
        : new Moved(
            moved.up() - before.moved.up(),
            moved.down() - before.moved.down(),
            moved.opened() - before.moved.opened());
  }
}
