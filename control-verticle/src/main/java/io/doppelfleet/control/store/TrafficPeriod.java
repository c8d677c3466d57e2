package io.doppelfleet.control.store;

import java.time.Instant;

/**
 * What has passed through a node in an hour or a day.
 *
 * @param from its beginning, UTC
 * @param node the node's name
 * @param moved in it
 */
public record TrafficPeriod(Instant from, String node, Moved moved) {
  /** How long a period is. */
  public enum Unit {
    HOUR(1),
    DAY(24);

    private final int hours;

    Unit(int hours) {
      this.hours = hours;
    }

    int hours() {
      return hours;
    }
  }
}
