package io.doppelfleet.bench.measure;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a row is to come to, at most: its value, or its ratio to the yardstick. The names have their
 * sizes in them, so that rows of other sizes have no goal.
 *
 * @param group of the row
 * @param name of the row
 * @param of what is held against it
 * @param must {@link #NONE} where all is well once there is a value
 * @param aim {@link #NONE} where there is but a must
 */
record Goal(String group, String name, Of of, double must, double aim) {
  /** No bound. */
  static final double NONE = Double.POSITIVE_INFINITY;

  private static final MathContext THREE_DIGITS = new MathContext(3);
  private static final String HELD = "memory and idle time";
  private static final String ECHO = "echo, connections: 200";
  private static final String HANDSHAKES = "handshakes, secrets: 1";
  private static final String LOOPS = "two loops";
  private static final String SLOW = "slow readers: 500";

  private static final List<Goal> ALL =
      List.of(
          value(HELD, "resident, warm, no connection", 90, 70),
          value(HELD, "resident a pair, 1000 to 9000", 1.5, 0.7),
          value(HELD, "live heap a pair, 1000 to 9000", 500, 300),
          value(HELD, "processor time, 9000 held, idle", 0.5, 0.1),
          value(HELD, "until all 9000 answer", NONE, 3),
          value("after a burst", "that against before it", 1.1, NONE),
          ratio("down, flows: 8", "processor time", 0.95, 0.75),
          ratio("up, flows: 8", "processor time", 2, 1.6),
          ratio(ECHO, "processor time a message", 0.9, 0.65),
          ratio(ECHO, "p99", 1, 0.8),
          value(HANDSHAKES, "517-byte hello, processor time", 0.3, 0.2),
          value(HANDSHAKES, "TDLib's hello, processor time", 0.45, 0.3),
          value(LOOPS, "down, processor time against one loop's", 1.1, 1),
          value(LOOPS, "up, processor time against one loop's", 1.1, 1),
          value(LOOPS, "the busier loop's share of 1000 pairs", 60, NONE),
          // 64 KiB and 32 MiB.
          value(SLOW, "most that waits for one pair", 65.536, NONE),
          value(SLOW, "most that waits in the process", 33.554432, NONE),
          value(SLOW, "that against before", 1.5, NONE));

  /** What is held against a goal. */
  enum Of {
    VALUE,
    RATIO
  }

  /** How far a row has come. */
  enum Met {
    AIM("aim"),
    MUST("must"),
    MISSED("MISSED");

    final String word;

    Met(String word) {
      this.word = word;
    }
  }

  private static Goal value(String group, String name, double must, double aim) {
    return new Goal(group, name, Of.VALUE, must, aim);
  }

  private static Goal ratio(String group, String name, double must, double aim) {
    return new Goal(group, name, Of.RATIO, must, aim);
  }

  /** A row's, if it has one. */
  static @Nullable Goal of(Figure figure) {
    return ALL.stream()
        .filter(goal -> goal.group.equals(figure.group()) && goal.name.equals(figure.name()))
        .findFirst()
        .orElse(null);
  }

  Met met(double reached) {
    if (aim != NONE && reached <= aim) {
      return Met.AIM;
    }
    return reached <= must ? Met.MUST : Met.MISSED;
  }

  /** Both bounds; with an x those of a ratio. */
  String text() {
    return text(must) + " / " + text(aim);
  }

  private String text(double bound) {
    if (bound == NONE) {
      return "-";
    }
    BigDecimal digits = BigDecimal.valueOf(bound).round(THREE_DIGITS).stripTrailingZeros();
    return digits.toPlainString() + (of == Of.RATIO ? "x" : "");
  }
}
