package io.doppelfleet.launcher;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * What a control elsewhere may tell this node of its end, and who sends it a signal.
 *
 * @param removed completed with the reason when it belongs to the fleet no more
 * @param drain completed when it is to take no more clients, with how long its own may take
 */
record Leaving(CompletableFuture<String> removed, CompletableFuture<Duration> drain) {
  /** So long clients may take where nobody said a time: as long as the control's API gives them. */
  static final Duration UNLESS_SAID = Duration.ofMinutes(5);

  /** Nothing yet. */
  Leaving() {
    this(new CompletableFuture<>(), new CompletableFuture<>());
  }
}
