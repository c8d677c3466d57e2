package io.doppelfleet.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OutageTest {
  private final Outage outage = new Outage();

  @Test
  void whatBeganBeforeItsEndIsLostByItWheneverThatFails() {
    long before = System.nanoTime();
    assertThat(outage.touches(before)).as("there was none yet").isFalse();
    outage.begin();
    long within = System.nanoTime();
    assertThat(outage.touches(before)).isTrue();
    assertThat(outage.touches(within)).isTrue();
    outage.end();
    assertThat(outage.touches(before)).isTrue();
    assertThat(outage.touches(within)).isTrue();
    assertThat(outage.touches(System.nanoTime())).as("it began later").isFalse();
  }
}
