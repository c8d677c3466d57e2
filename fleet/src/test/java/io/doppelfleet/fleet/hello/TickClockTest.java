package io.doppelfleet.fleet.hello;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class TickClockTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void eachPauseIsAnotherUntilTheEnd() throws Exception {
    List<Long> times = new CopyOnWriteArrayList<>();
    CompletableFuture<TickClock> started = new CompletableFuture<>();
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    Context context = vertx.getOrCreateContext();
    context.runOnContext(
        go -> started.complete(TickClock.start(vertx, random, () -> times.add(System.nanoTime()))));
    TickClock clock = started.get(20, TimeUnit.SECONDS);
    Thread.sleep(2_000);
    CompletableFuture<Integer> ticks = new CompletableFuture<>();
    context.runOnContext(
        go -> {
          clock.end();
          ticks.complete(times.size());
        });
    assertThat(ticks.get(20, TimeUnit.SECONDS)).isBetween(10, 34); // of some 25
    Thread.sleep(300); // longer than a pause
    assertThat(times).hasSize(ticks.join());
    List<Long> pauses = new ArrayList<>();
    for (int i = 1; i < times.size(); i++) {
      pauses.add(TimeUnit.NANOSECONDS.toMillis(times.get(i) - times.get(i - 1)));
    }
    assertThat(pauses).allMatch(pause -> pause >= TickClock.LEAST_MILLIS - 20); // one may be late
    assertThat(Collections.max(pauses) - Collections.min(pauses)).isGreaterThan(10);
  }
}
