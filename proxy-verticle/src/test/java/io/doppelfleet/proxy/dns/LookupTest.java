package io.doppelfleet.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a name is looked for again. */
@Timeout(60)
final class LookupTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final long NEVER_MILLIS = TimeUnit.DAYS.toMillis(1);

  private final Vertx vertx = Vertx.vertx();

  /** When each look began, by the monotonic clock. */
  private final List<Long> looks = new CopyOnWriteArrayList<>();

  private volatile int notFound;

  @AfterEach
  void end() throws Exception {
    result(vertx.close());
  }

  private Lookup lookup(long firstMillis, long everyMillis) {
    return new Lookup(vertx, this::look, firstMillis, everyMillis);
  }

  private void look() throws UnknownHostException {
    looks.add(System.nanoTime());
    if (looks.size() <= notFound) {
      throw new UnknownHostException("a test");
    }
  }

  private static void result(Future<Void> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private long pauseMillis(int after) {
    return TimeUnit.NANOSECONDS.toMillis(looks.get(after) - looks.get(after - 1));
  }

  @Test
  void whatIsNotFoundIsLookedForSoonAndThenEverLater() throws Exception {
    notFound = 3;
    Future<Void> first = lookup(40, NEVER_MILLIS).begin();
    await().atMost(SOON).until(first::failed);
    await().atMost(SOON).until(() -> looks.size() == 4);
    assertThat(pauseMillis(1)).isGreaterThanOrEqualTo(39);
    assertThat(pauseMillis(2)).isGreaterThanOrEqualTo(79);
    assertThat(pauseMillis(3)).isGreaterThanOrEqualTo(159);
    Thread.sleep(400); // it was found: twice as long once more would be over
    assertThat(looks).hasSize(4);
  }

  @Test
  void itIsNeverLaterThanTheUsualPause() {
    notFound = Integer.MAX_VALUE;
    Lookup lookup = lookup(5, 10);
    lookup.begin();
    await().atMost(SOON).until(() -> looks.size() > 13); // else the last one is after 40 s
    lookup.end();
  }

  @Test
  void whatIsFoundIsLookedForAgainAndAgainUntilTheEnd() throws Exception {
    Lookup lookup = lookup(NEVER_MILLIS, 20);
    result(lookup.begin());
    await().atMost(SOON).until(() -> looks.size() > 3);
    lookup.end();
    Thread.sleep(100); // one was under way, perhaps
    int seen = looks.size();
    Thread.sleep(100);
    assertThat(looks).hasSize(seen);
  }
}
