package io.doppelfleet.control;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What there was too much of at once: strangers as a rule; docs/limits.md has the bounds. */
enum Excess {
  LINK("link"),
  KNOCK("knock"),
  CONNECTION("connection"),
  SIGN_IN("sign-in");

  private final String word;

  Excess(String word) {
    this.word = word;
  }

  /** Counts what was closed or put off. */
  Counter counter(MeterRegistry meters) {
    return Counter.builder("doppelfleet.control.refused")
        .description("What this control closed or put off, for there was too much of it at once")
        .tag("of", word)
        .register(meters);
  }
}
