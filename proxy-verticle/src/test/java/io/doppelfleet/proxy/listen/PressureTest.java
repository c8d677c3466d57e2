package io.doppelfleet.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PressureTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private final List<Boolean> pauses = new ArrayList<>();
  private int open;
  private int strangers;
  private int undecided;
  private int memory;

  private Pressure of(int limit) {
    return new Pressure(
        limit, () -> open, () -> strangers, () -> undecided, () -> memory, pauses::add);
  }

  @Test
  void halfOfAllConnectionsIsForStrangersAndTheLastEighthForClients() {
    Pressure pressure = of(80);
    strangers = 39;
    open = 70;
    assertThat(pressure.isForStrangers()).isTrue();
    assertThat(pressure.ofConnections()).isZero();
    strangers = 40;
    open = 40;
    assertThat(pressure.isForStrangers()).isFalse();
    assertThat(pressure.ofConnections()).isOne();
    strangers = 0;
    open = 71;
    assertThat(pressure.isForStrangers()).isFalse();
    open = 80;
    assertThat(pressure.ofConnections()).isEqualTo(2);
    open = 70;
    assertThat(pressure.isForStrangers()).isTrue();
  }

  @Test
  void networksHaveAPartEachOnceAQuarterAreNoClientsOrNotKnownToBe() {
    Pressure pressure = of(80);
    open = 70;
    strangers = 12;
    undecided = 7;
    assertThat(pressure.boundsCrowds()).isFalse();
    undecided = 8;
    assertThat(pressure.boundsCrowds()).isTrue();
    assertThat(pressure.isForUndecided()).isTrue();
    assertThat(pressure.ofConnections()).isZero();
  }

  @Test
  void whereThereIsOneConnectionAStrangerMayHaveIt() {
    open = 1;
    assertThat(of(1).isForStrangers()).isTrue();
  }

  @Test
  void aThirdMayBeUndecidedForLong() {
    Pressure pressure = of(80);
    undecided = 25;
    assertThat(pressure.isForUndecided()).isTrue();
    assertThat(pressure.ofConnections()).isZero();
    undecided = 26;
    assertThat(pressure.isForUndecided()).isFalse();
    assertThat(pressure.ofConnections()).isOne();
    assertThat(pressure.isForStrangers()).isTrue();
    undecided = 0;
    strangers = 40;
    assertThat(pressure.isForUndecided()).isFalse();
  }

  @Test
  void ofMemoryStrangersGoShortFirstAndThenNobodyIsAcceptedUntilThereIsSomeAgain() {
    Pressure pressure = of(80);
    pressure.look();
    assertThat(pressure.isForStrangers()).isTrue();
    memory = 1;
    pressure.look();
    assertThat(pressure.isForStrangers()).isFalse();
    assertThat(pressure.ofMemory()).isOne();
    assertThat(pressure.isMemoryGone()).isFalse();
    assertThat(pauses).isEmpty();
    memory = 2;
    pressure.look();
    assertThat(pressure.isMemoryGone()).isTrue();
    pressure.look();
    memory = 1;
    pressure.look();
    memory = 0;
    pressure.look();
    assertThat(pauses).containsExactly(true, false);
    assertThat(pressure.isForStrangers()).isTrue();
  }

  @Test
  void itLooksByItselfUntilItsEnd() {
    Pressure pressure = of(80);
    memory = 2;
    pressure.begin();
    await().atMost(SOON).until(pressure::isMemoryGone);
    pressure.end();
    await().atMost(SOON).until(() -> !isWatched());
  }

  private static boolean isWatched() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("doppelfleet-memory"));
  }
}
