package io.doppelfleet.fleet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node may use of limits that hold over the whole fleet, in place of what it held: until it
 * asks again, for {@value LimitQuestion#LEASE_SECONDS} s at most.
 *
 * @param stamp of the control
 * @param nodes how many share in limits, this one included; 1 or more
 * @param shares for those secrets of the question that the control knows to be limited
 */
public record LimitAnswer(Stamp stamp, int nodes, List<Share> shares) implements FleetMessage {
  /** Copies the list and checks the bounds. */
  public LimitAnswer {
    Bounds.number("nodes", nodes, 1, Integer.MAX_VALUE);
    shares = List.copyOf(shares);
    Bounds.number("shares' count", shares.size(), 0, LimitQuestion.MOST);
  }

  /**
   * Of one secret.
   *
   * @param secret its name
   * @param connections how many there may be; null where nothing was said of them
   * @param addresses tokens of those from whom clients may come, of the ones that were wanted; null
   *     where they weren't counted
   * @param rate bytes a second that may pass; 0: none is granted, for none is wanted; null the same
   */
  public record Share(
      String secret,
      @Nullable Integer connections,
      @Nullable List<Integer> addresses,
      @Nullable Long rate) {
    /** Checks the bounds. */
    public Share {
      Bounds.name("secret", secret);
      addresses = addresses == null ? null : LimitQuestion.tokens("addresses", addresses);
      if (connections != null) {
        Bounds.number("connections", connections, 0, Integer.MAX_VALUE);
      }
      if (rate != null) {
        Bounds.number("rate", rate, 0, Limits.MOST_RATE);
      }
    }
  }
}
