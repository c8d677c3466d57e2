package io.doppelfleet.fleet;

import java.time.Duration;

/**
 * What holds for the fleet as a whole.
 *
 * @param limits for each secret that has no limit of its own of that kind
 * @param overlap how long a rotated key stays valid, 0 s to 365 days, in whole seconds
 */
public record Settings(Limits limits, Duration overlap) implements Entity {
  /** What holds where nobody has set anything: no limits, and a day for users to take new links. */
  public static final Settings DEFAULTS = new Settings(Limits.NONE, Duration.ofDays(1));

  /** Checks the bounds. */
  public Settings {
    Bounds.duration("overlap", overlap, Duration.ZERO, Duration.ofDays(365));
  }

  @Override
  public Kind kind() {
    return Kind.SETTINGS;
  }

  @Override
  public String id() {
    return "fleet";
  }
}
