package io.doppelfleet.control.store;

import io.doppelfleet.fleet.KnownState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A line of the history.
 *
 * @param number from 1, without gaps
 * @param at when it was written, by the clock of the control that wrote it
 * @param edit who made it, and why
 * @param checksum 64 hex digits, as {@code KnownState} has it; of the first versions' revisions
 *     SHA-256 of the state's one text
 */
public record Revision(long number, Instant at, Edit edit, String checksum) {
  /** Of a state that is written now. */
  static Revision of(KnownState known, Edit edit, Instant now) {
    return new Revision(
        known.state().revision(), now.truncatedTo(ChronoUnit.MILLIS), edit, known.checksum());
  }
}
