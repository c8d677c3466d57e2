package io.doppelfleet.fleet;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What has passed through a node since its start, by secret. Counts are cumulative, so one that is
 * lost, repeated or late changes nothing: of two of one counter the greater is true. Those are left
 * out that are as in a report that a control has confirmed.
 *
 * @param stamp of the node; its epoch is one that a control granted
 * @param counts 20,000 at most, each secret once
 * @param budgets of those of them whose bytes are limited, each once
 */
public record TrafficReport(Stamp stamp, List<Count> counts, List<Budget> budgets)
    implements FleetMessage {
  /** Where a control answers it with a {@link TrafficReceipt}. */
  public static final String ADDRESS = "doppelfleet.traffic";

  /** Counts of one report: twice as many as a node tells at once. */
  public static final int MOST_COUNTS = 20_000;

  /** Copies the lists and checks that no secret is in one twice. */
  public TrafficReport {
    counts = List.copyOf(counts);
    budgets = List.copyOf(budgets);
    Bounds.number("counts' count", counts.size(), 0, MOST_COUNTS);
    Set<String> counted = unique("counts", counts.stream().map(Count::secret).toList());
    for (String secret : unique("budgets", budgets.stream().map(Budget::secret).toList())) {
      if (!counted.contains(secret)) {
        throw new InvalidValueException(
            "budgets." + secret, "is of no secret that is counted here: one of them is right");
      }
    }
  }

  /** Of secrets whose bytes aren't limited. */
  public TrafficReport(Stamp stamp, List<Count> counts) {
    this(stamp, counts, List.of());
  }

  private static Set<String> unique(String field, List<String> secrets) {
    Set<String> seen = new HashSet<>();
    for (String secret : secrets) {
      if (!seen.add(secret)) {
        throw new InvalidValueException(
            field + "." + secret, "is there twice: once would be right");
      }
    }
    return seen;
  }

  /**
   * What a node may still move of a secret's limited bytes.
   *
   * @param secret its name
   * @param held bytes, both ways together, from its count on
   * @param asks whether it needs more, or has nobody told how much
   */
  public record Budget(String secret, long held, boolean asks) {
    /** Checks the bounds. */
    public Budget {
      Bounds.name("secret", secret);
      Bounds.number("held", held, 0, Long.MAX_VALUE);
    }
  }

  /**
   * One secret's, under all its keys.
   *
   * @param secret its name
   * @param counter which of the epoch's counters this is, 1 or more; one that begins at 0 again,
   *     for a secret that was gone and forgotten, has a greater number
   * @param up bytes from clients, without record headers, {@link #MOST} at most
   * @param down bytes to clients, without record headers, {@link #MOST} at most
   * @param opened connections that came, {@link #MOST} at most
   * @param open connections now
   */
  public record Count(String secret, long counter, long up, long down, long opened, int open) {
    /** More than any node moves, an exabyte: sums of few such are numbers still. */
    public static final long MOST = 1L << 60;

    /** Checks the bounds. */
    public Count {
      Bounds.name("secret", secret);
      Bounds.number("counter", counter, 1, Long.MAX_VALUE);
      Bounds.number("up", up, 0, MOST);
      Bounds.number("down", down, 0, MOST);
      Bounds.number("opened", opened, 0, MOST);
      Bounds.number("open", open, 0, Integer.MAX_VALUE);
    }
  }
}
