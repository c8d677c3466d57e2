package io.doppelfleet.fleet;

import java.util.List;

/**
 * Confirms a {@link TrafficReport}, which is in the store now; or says that its epoch isn't known,
 * and another is to be asked for.
 *
 * @param stamp of the control
 * @param of the report's sequence
 * @param taken whether the epoch is known, and the report in the store
 * @param grants for those secrets for which more was asked
 */
public record TrafficReceipt(Stamp stamp, long of, boolean taken, List<Grant> grants)
    implements FleetMessage {
  /** Copies the list and checks the number. */
  public TrafficReceipt {
    Bounds.number("of", of, 1, Long.MAX_VALUE);
    grants = List.copyOf(grants);
  }

  /**
   * What a node may move of a secret's limited bytes, in place of what it held.
   *
   * @param secret its name
   * @param bytes both ways together, from the count of the report on; 0: the limit is reached
   */
  public record Grant(String secret, long bytes) {
    /** Checks the bounds. */
    public Grant {
      Bounds.name("secret", secret);
      Bounds.number("bytes", bytes, 0, Long.MAX_VALUE);
    }
  }
}
