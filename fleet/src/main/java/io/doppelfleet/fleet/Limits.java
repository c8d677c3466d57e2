package io.doppelfleet.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What may be used, over the whole fleet together. Null, or a period that is not there: no limit.
 *
 * @param connections at once, 1..1,000,000
 * @param addresses how many different clients' addresses
 * @param bytes both ways together, by period: 1..2^60
 * @param rate bytes a second, both ways together: 1 KiB..1 TiB
 * @param expiry nobody is served from here on, in whole seconds
 */
public record Limits(
    @Nullable Integer connections,
    @Nullable AddressLimit addresses,
    Map<Period, Long> bytes,
    @Nullable Long rate,
    @Nullable Instant expiry) {
  /** No limit at all. */
  public static final Limits NONE = new Limits(null, null, Map.of(), null, null);

  private static final int MOST_CONNECTIONS = 1_000_000;
  private static final long MOST_BYTES = 1L << 60;
  private static final long LEAST_RATE = 1L << 10;
  static final long MOST_RATE = 1L << 40;

  /** Copies the map and checks the bounds. */
  public Limits {
    if (connections != null) {
      Bounds.number("connections", connections, 1, MOST_CONNECTIONS);
    }
    bytes = Map.copyOf(bytes);
    for (Period period : Period.values()) {
      Bounds.number("bytes." + period.word(), bytes.getOrDefault(period, 1L), 1, MOST_BYTES);
    }
    if (rate != null) {
      Bounds.number("rate", rate, LEAST_RATE, MOST_RATE);
    }
    if (expiry != null) {
      Bounds.time("expiry", expiry);
    }
  }

  /**
   * How many different addresses may come within a time; of IPv6 each /64 is one.
   *
   * @param count 1..1,000,000
   * @param window 1 minute to 31 days, in whole seconds
   */
  public record AddressLimit(int count, Duration window) {
    /** Checks the bounds. */
    public AddressLimit {
      Bounds.number("count", count, 1, 1_000_000);
      Bounds.duration("window", window, Duration.ofMinutes(1), Duration.ofDays(31));
    }
  }

  /** What a number of bytes is allowed for, by UTC's calendar. */
  public enum Period {
    DAY("day"),
    /** From Monday. */
    WEEK("week"),
    MONTH("month"),
    /** As long as the secret exists. */
    TOTAL("total");

    private final String word;

    Period(String word) {
      this.word = word;
    }

    /** As it is written. */
    public String word() {
      return word;
    }
  }
}
