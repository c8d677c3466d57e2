package io.doppelfleet.control.store;

import io.doppelfleet.fleet.Limits.Period;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.Map;

/**
 * How much of a secret's limited bytes a node may move before it asks again. What all nodes hold
 * together is never more than what is left of any period, so they can't pass a limit by it.
 */
final class Quota {
  /** Of what is free each node gets half of its share: others find theirs, and some is left. */
  private static final long PARTS_A_NODE = 2;

  /** Less isn't worth a question, bytes. */
  private static final long LEAST = 1 << 20;

  /** So much a node that is cut off from controls goes on with at most, bytes. */
  private static final long MOST = 1 << 30;

  private Quota() {}

  /**
   * What a node is granted, in place of what it holds.
   *
   * @param limits by period
   * @param used in each period that is limited, by all nodes
   * @param heldElsewhere by other nodes
   * @param nodes that there are
   */
  static long grant(
      Map<Period, Long> limits, Map<Period, Long> used, long heldElsewhere, long nodes) {
    long left = Long.MAX_VALUE;
    for (Map.Entry<Period, Long> limit : limits.entrySet()) {
      left = Math.min(left, limit.getValue() - used.getOrDefault(limit.getKey(), 0L));
    }
    long free = Math.max(0, Math.max(0, left) - heldElsewhere);
    return Math.min(free, Math.clamp(free / (PARTS_A_NODE * nodes), LEAST, MOST));
  }

  /** The hour since 1970 in which a period began, UTC. */
  static long begin(Period period, Instant now) {
    LocalDate day = LocalDate.ofInstant(now, ZoneOffset.UTC);
    LocalDate first =
        switch (period) {
          case DAY -> day;
          case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
          case MONTH -> day.withDayOfMonth(1);
          case TOTAL -> LocalDate.EPOCH;
        };
    return first.toEpochDay() * 24;
  }
}
