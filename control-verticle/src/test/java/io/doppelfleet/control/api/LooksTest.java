package io.doppelfleet.control.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many look into the store at once for what strangers bring. */
@Timeout(60)
final class LooksTest {
  private static final String OTHER = "198.51.100.1";

  private final Vertx vertx = Vertx.vertx();
  private final Looks looks = new Looks(vertx.createSharedWorkerExecutor("test", 1));

  @AfterEach
  void end() throws Exception {
    get(vertx.close());
  }

  @Test
  void oneTooManyIsRefusedAtOnceAndOthersMayWhenThoseAreDone() throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    List<Future<Boolean>> waiting = new ArrayList<>();
    for (int i = 0; i < Looks.MOST; i++) {
      waiting.add(looks.take("192.0.2." + i / 8, () -> slow.await(30, TimeUnit.SECONDS)));
    }
    assertThatThrownBy(() -> get(looks.take(OTHER, () -> true)))
        .hasMessageContaining("too many ask at once");
    slow.countDown();
    for (Future<Boolean> each : waiting) {
      assertThat(done(each)).isTrue();
    }
    assertThat(done(looks.take(OTHER, () -> true))).isTrue();
  }

  @Test
  void a48OfIpv6HasNotAllOfThem() throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    List<Future<Boolean>> waiting = new ArrayList<>();
    for (int i = 0; i < Looks.MOST_OF_ONE; i++) {
      waiting.add(looks.take("2001:db8:0:" + i + "::1", () -> slow.await(30, TimeUnit.SECONDS)));
    }
    assertThatThrownBy(() -> get(looks.take("2001:db8::ffff", () -> true)))
        .hasMessageContaining("too many ask at once");
    Future<Boolean> ofAnother = looks.take(OTHER, () -> true);
    slow.countDown();
    assertThat(done(ofAnother)).isTrue();
    for (Future<Boolean> each : waiting) {
      assertThat(done(each)).isTrue();
    }
    assertThat(done(looks.take("2001:db8::ffff", () -> true))).isTrue();
  }

  @Test
  void oneThatFailsTakesNoPlaceForGood() throws Exception {
    for (int i = 0; i < 2 * Looks.MOST; i++) {
      Future<Boolean> failing =
          looks.take(
              OTHER,
              () -> {
                throw new IllegalStateException("away");
              });
      assertThatThrownBy(() -> get(failing)).hasMessageContaining("away");
    }
    assertThat(done(looks.take(OTHER, () -> true))).isTrue();
  }

  private static boolean done(Future<Boolean> look) throws Exception {
    return get(look);
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
