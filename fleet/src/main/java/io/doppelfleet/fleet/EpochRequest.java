package io.doppelfleet.fleet;

/**
 * Asks for the epoch of a node's {@link TrafficReport}s: once at its start, and where a control
 * doesn't know the one it has.
 *
 * @param stamp of the node
 */
public record EpochRequest(Stamp stamp) implements FleetMessage {
  /** Where a control answers it with an {@link EpochGrant}. */
  public static final String ADDRESS = "doppelfleet.epoch.request";
}
