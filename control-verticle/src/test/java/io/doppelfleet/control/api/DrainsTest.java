package io.doppelfleet.control.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Of which drains the audit log has an entry already. */
final class DrainsTest {
  private final Drains drains = new Drains();

  @Test
  void whoSaysItAgainIsKnownAndNotWhoElseSaysItNorOfTheProcessThatComesNext() {
    drains.add(1, 7, "anna");
    assertThat(drains.has(1, 7, "anna")).isTrue();
    assertThat(drains.has(1, 7, "bert")).isFalse();
    assertThat(drains.has(1, 8, "anna")).isFalse();
    assertThat(drains.has(2, 7, "anna")).isFalse();
    drains.add(1, 7, "bert");
    assertThat(drains.has(1, 7, "anna")).isTrue(); // two in turn fill the log no more than one
    drains.add(1, 8, "bert");
    assertThat(drains.has(1, 8, "bert")).isTrue();
    assertThat(drains.has(1, 8, "anna")).isFalse();
    drains.forget(1);
    assertThat(drains.has(1, 8, "bert")).isFalse();
  }
}
