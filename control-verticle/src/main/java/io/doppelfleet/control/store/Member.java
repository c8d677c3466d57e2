package io.doppelfleet.control.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A node that belongs to the fleet.
 *
 * @param id 1 for the first that ever joined; no other ever has it
 * @param name what the operator calls it
 * @param joined when it did
 * @param seen when its link was last known to be open; null: never
 */
public record Member(long id, String name, Instant joined, @Nullable Instant seen) {
  /** What its messages are stamped with. */
  public String sender() {
    return "node-" + id;
  }
}
