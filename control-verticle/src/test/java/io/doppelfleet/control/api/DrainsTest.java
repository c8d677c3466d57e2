package io.doppelfleet.control.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Of which drains the audit log has an entry already. */
final class DrainsTest {
  private final Drains drains = new Drains();

  @Test
  void whoSaysItAgainIsKnownAndNotWhoElseSaysItNorOfTheProcessThatComesNext() {
    assertThat(drains.begins(1, 7, "anna")).isTrue();
    assertThat(drains.begins(1, 7, "anna")).isFalse();
    assertThat(drains.begins(2, 7, "anna")).isTrue();
    assertThat(drains.begins(1, 7, "bert")).isTrue();
    assertThat(drains.begins(1, 7, "anna")).isFalse(); // two in turn fill the log no more than one
    assertThat(drains.begins(1, 8, "bert")).isTrue();
    assertThat(drains.begins(1, 8, "anna")).isTrue();
    drains.forget(1);
    assertThat(drains.begins(1, 8, "bert")).isTrue();
  }

  @Test
  void thatANodeWasNotToldIsNotedOnceAndThatItWasAfterAll() {
    drains.begins(1, 7, "anna");
    assertThat(drains.ends(1, 7, "anna", true)).isFalse(); // as was noted
    assertThat(drains.ends(1, 7, "anna", false)).isTrue();
    assertThat(drains.begins(1, 7, "anna")).isFalse();
    assertThat(drains.ends(1, 7, "anna", false)).isFalse();
    assertThat(drains.ends(1, 7, "anna", true)).isTrue();
    assertThat(drains.ends(1, 8, "anna", false)).isFalse(); // another process
  }
}
