package io.doppelfleet.fleet;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One key of a secret and the time for which it is valid. Each rotation makes the next generation;
 * no generation ever has another key.
 *
 * @param generation 1 for a secret's first key
 * @param secret the key with the secret's host name
 * @param from valid from here on, in whole seconds
 * @param until valid before, in whole seconds; null: for ever
 */
public record KeyGeneration(int generation, Secret secret, Instant from, @Nullable Instant until) {

  /** Checks the bounds. */
  public KeyGeneration {
    Bounds.number("generation", generation, 1, Integer.MAX_VALUE);
    Bounds.time("from", from);
    if (until != null) {
      Bounds.time("until", until);
      if (!until.isAfter(from)) {
        throw new InvalidValueException(
            "until", "is " + until + ": a time after " + from + " would be right");
      }
    }
  }

  /** Whether who made a hello with it is served at this time. */
  public boolean isValidAt(Instant time) {
    return !time.isBefore(from) && (until == null || time.isBefore(until));
  }
}
