package io.doppelfleet.control.link;

import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.NodeLeases;
import io.doppelfleet.fleet.NodeReport;
import org.jspecify.annotations.Nullable;

/** Where on the bus what a node tells of itself is heard. */
final class Told {
  private Told() {}

  /** Null: no node tells that. */
  static @Nullable String address(FleetMessage message) {
    return switch (message) {
      case NodeReport report -> NodeReport.ADDRESS;
      case NodeHealth health -> NodeHealth.ADDRESS;
      case NodeLeases leases -> NodeLeases.ADDRESS;
      default -> null;
    };
  }
}
