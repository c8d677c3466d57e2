package io.doppelfleet.fleet;

/**
 * Asks for a {@link StateSnapshot}: at a node's start, after a gap, or where a checksum differs.
 *
 * @param stamp of the node
 * @param revision what it runs; 0: nothing yet
 */
public record StateRequest(Stamp stamp, long revision) implements FleetMessage {
  /** Where a control answers it. */
  public static final String ADDRESS = "doppelfleet.state.request";

  /** Checks the number. */
  public StateRequest {
    Bounds.number("revision", revision, 0, Long.MAX_VALUE);
  }
}
