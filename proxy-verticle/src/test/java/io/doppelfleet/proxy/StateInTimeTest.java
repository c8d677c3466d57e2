package io.doppelfleet.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Ban;
import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.Secret;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a state says follows the wall clock, wherever that goes. */
@Timeout(60)
final class StateInTimeTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");
  private static final Instant ONE = NOON.plusSeconds(3600);
  private static final Instant TWO = ONE.plusSeconds(3600);
  private static final Duration GRACE = Duration.ofMinutes(1);

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();
  private final List<Instant> taken = new CopyOnWriteArrayList<>();
  private volatile Instant now = NOON;
  private final Clock clock =
      ((InstantSource)
              () -> {
                looks.incrementAndGet();
                return now;
              })
          .withZone(ZoneOffset.UTC);

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void whereNothingHasATimeNothingLooksAtTheClock() throws Exception {
    StateInTime state = state(banned(null));
    state.begin();
    assertThat(looks).hasValue(0);
    state.become(banned(null));
    Thread.sleep(700); // longer than a timer would be
    assertThat(looks).hasValue(1);
    assertThat(taken).containsExactly(NOON);
  }

  @Test
  void beforeItBeginsNothingIsTaken() throws Exception {
    StateInTime state = state(banned(ONE));
    now = TWO;
    Thread.sleep(700);
    assertThat(taken).isEmpty();
    state.begin();
    await().atMost(SOON).until(() -> taken.equals(List.of(TWO)));
  }

  @Test
  void whatEndsWhileTheClockGoesOnIsTakenOnce() {
    state(banned(ONE)).begin();
    now = TWO;
    await().atMost(SOON).until(() -> taken.equals(List.of(TWO)));
    int before = looks.get();
    await().atMost(SOON).until(() -> looks.get() > before + 2);
    assertThat(taken).containsExactly(TWO);
  }

  @Test
  void aKeysEndIsTakenAndOnceMoreSomeTimeAfterIt() {
    KeyGeneration old = new KeyGeneration(1, key(1), NOON, ONE);
    KeyGeneration next = new KeyGeneration(2, key(2), NOON, null);
    FleetSecret alice = new FleetSecret("alice", List.of(old, next), Limits.NONE, Set.of());
    state(FleetState.of(1, List.of(alice))).begin();
    Instant end = ONE.plusSeconds(1);
    now = end;
    await().atMost(SOON).until(() -> taken.equals(List.of(end)));
    Instant cut = end.plus(GRACE);
    now = cut;
    await().atMost(SOON).until(() -> taken.equals(List.of(end, cut)));
    now = TWO;
    int before = looks.get();
    await().atMost(SOON).until(() -> looks.get() > before + 2);
    assertThat(taken).hasSize(2);
  }

  private static Secret key(int number) {
    byte[] key = new byte[Secret.KEY_LENGTH];
    key[0] = (byte) number;
    return Secret.of(key, "cover.example");
  }

  @Test
  void afterTheClockIsSetBackItIsTakenAnew() {
    state(banned(ONE)).begin();
    now = TWO;
    await().atMost(SOON).until(() -> taken.equals(List.of(TWO)));
    now = NOON;
    await().atMost(SOON).until(() -> taken.equals(List.of(TWO, NOON)));
    now = TWO;
    await().atMost(SOON).until(() -> taken.equals(List.of(TWO, NOON, TWO)));
  }

  @Test
  void whatHadEndedAtTheStartIsTakenAnewAfterTheClockIsSetBack() {
    now = TWO;
    state(banned(ONE)).begin();
    now = NOON;
    await().atMost(SOON).until(() -> taken.equals(List.of(NOON)));
  }

  @Test
  void whatCouldNotBeTakenIsTriedAgainAfterAPause() {
    failures.set(2);
    StateInTime state = state(banned(ONE));
    state.begin();
    now = TWO;
    await().atMost(SOON).until(() -> failures.get() < 2);
    int before = looks.get();
    long began = System.nanoTime();
    await().atMost(SOON).until(() -> taken.equals(List.of(TWO)));
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    // Without a pause there would be a look each millisecond.
    assertThat((long) looks.get() - before).isLessThanOrEqualTo(4 + 4 * millis / 500);
  }

  @Test
  void afterItsEndNothingIsTaken() throws Exception {
    StateInTime state = state(banned(ONE));
    state.begin();
    state.end();
    now = TWO;
    state.become(banned(TWO));
    Thread.sleep(700);
    assertThat(taken).isEmpty();
  }

  private StateInTime state(FleetState state) {
    return new StateInTime(
        vertx,
        clock,
        (next, at) -> {
          if (failures.get() > 0) {
            failures.decrementAndGet();
            throw new IllegalStateException("not yet");
          }
          taken.add(at);
        },
        GRACE,
        state,
        now);
  }

  /** With a ban until a time; null: for good. */
  private static FleetState banned(@Nullable Instant until) {
    return FleetState.of(1, List.of(new Ban(Prefix.parse("192.0.2.1"), "a probe", "carol", until)));
  }
}
