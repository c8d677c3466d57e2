package io.doppelfleet.proxy.greeting;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.doppel.Heard;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FreshnessTest {
  private static final long NOW = 1_800_000_000;

  private final Heard heard = new Heard(Freshness.class);
  private long nanos = -5; // System.nanoTime() may be anything
  private final Freshness freshness =
      new Freshness(
          Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC),
          Duration.ofMinutes(2),
          () -> nanos);

  @AfterEach
  void listenNoMore() {
    heard.close();
  }

  @Test
  void hellosWithinTheToleranceAreFreshEitherWay() {
    assertThat(freshness.isFresh(NOW + 120)).isTrue();
    assertThat(freshness.isFresh(NOW - 120)).isTrue();
    assertThat(freshness.isFresh(NOW + 121)).isFalse();
    assertThat(freshness.isFresh(NOW - 121)).isFalse();
    assertThat(freshness.isFresh(0)).isFalse();
    assertThat(freshness.isFresh(0xffff_ffffL)).isFalse();
  }

  @Test
  void manyStaleOnesAreToldOfInOneLine() {
    stale(Freshness.MANY - 1);
    assertThat(heard.lines()).isEmpty();
    freshness.isFresh(NOW - 3_600);
    stale(1_000);
    assertThat(heard.lines())
        .containsExactly(
            "this machine's clock or the clients' is wrong: of the last 20 hellos with a right"
                + " secret 20 were more than 120 s off and were sent to the cover, the last one was"
                + " 3600 s behind this machine's clock: turn time synchronisation on");
  }

  @Test
  void whileMoreAreFreshSomeClientsClockIsNoTroubleOfTheNode() {
    for (int i = 0; i < 30; i++) {
      freshness.isFresh(NOW);
    }
    stale(30);
    assertThat(heard.lines()).isEmpty();
    stale(1);
    assertThat(heard.lines()).singleElement().asString().contains("of the last 61 hellos");
  }

  @Test
  void fewOnesOverALongTimeAreNone() {
    for (int window = 0; window < 5; window++) {
      stale(Freshness.MANY - 1);
      nanos += Freshness.WINDOW_NANOS;
    }
    assertThat(heard.lines()).isEmpty();
  }

  @Test
  void whatGoesOnIsToldAgainEachHourAndNotSooner() {
    stale(Freshness.MANY);
    nanos += Freshness.QUIET_NANOS - 1;
    stale(Freshness.MANY);
    assertThat(heard.lines()).hasSize(1);
    nanos += 1;
    stale(1);
    assertThat(heard.lines()).hasSize(2);
  }

  private void stale(int many) {
    for (int i = 0; i < many; i++) {
      freshness.isFresh(NOW + 200);
    }
  }
}
