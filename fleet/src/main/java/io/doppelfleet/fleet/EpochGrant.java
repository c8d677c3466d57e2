package io.doppelfleet.fleet;

/**
 * An epoch that no other start of the node has or had, greater than all of them: the answer to an
 * {@link EpochRequest}.
 *
 * @param stamp of the control
 * @param granted 1 or more
 */
public record EpochGrant(Stamp stamp, long granted) implements FleetMessage {
  /** Checks the number. */
  public EpochGrant {
    Bounds.number("granted", granted, 1, Long.MAX_VALUE);
  }
}
