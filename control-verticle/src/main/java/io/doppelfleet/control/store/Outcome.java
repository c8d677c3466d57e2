package io.doppelfleet.control.store;

import io.doppelfleet.fleet.FleetState;

/** What became of a state that was to be written. */
public sealed interface Outcome {
  /** It is the present state now. */
  record Written(FleetState state) implements Outcome {}

  /** It is what the present state is already, so there is no new revision. */
  record Unchanged(FleetState state) implements Outcome {}

  /**
   * Somebody else was first, and nothing was written.
   *
   * @param saw the revision that the writer had seen
   * @param is the present one
   */
  record Conflict(long saw, long is) implements Outcome {
    /** A sentence for the operator. */
    @Override
    public String toString() {
      return "the change was made to revision " + saw + ", the present one is " + is;
    }
  }
}
