package io.doppelfleet.control.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doppelfleet.control.store.Maker;
import io.doppelfleet.control.store.Role;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The places of those whose tokens and sessions were good at the last look. */
@Timeout(60)
final class GuestsTest {
  private static final String HOME = "192.0.2.1";

  private final Vertx vertx = Vertx.vertx();
  private final Guests guests = new Guests(vertx.createSharedWorkerExecutor("test", 1));

  @AfterEach
  void end() throws Exception {
    get(vertx.close());
  }

  private static Caller person(String name, String session) {
    return new Caller(name, HOME, Role.VIEWER, session, new Maker.Person(name, session));
  }

  @Test
  void allSessionsOfOneAccountHaveAsManyAsOne() throws Exception {
    for (int i = 0; i < 20; i++) { // as many as one account may have
      String session = "anna " + i;
      get(guests.take(HOME, session, () -> person("anna", session)));
    }
    get(guests.take(HOME, "bert", () -> person("bert", "bert")));
    CountDownLatch slow = new CountDownLatch(1);
    List<Future<Caller>> waiting = new ArrayList<>();
    for (int i = 0; i < Looks.MOST_OF_ONE; i++) {
      waiting.add(
          guests.take(
              HOME,
              "anna " + i,
              () -> {
                assertThat(slow.await(30, TimeUnit.SECONDS)).isTrue();
                return person("anna", "any");
              }));
    }
    Future<Caller> ninth = guests.take(HOME, "anna 19", () -> person("anna", "anna 19"));
    Future<Caller> other = guests.take(HOME, "bert", () -> person("bert", "bert"));
    slow.countDown();
    assertThatThrownBy(() -> get(ninth)).hasMessageContaining("too many ask at once");
    assertThat(get(other).author()).isEqualTo("bert");
    for (Future<Caller> each : waiting) {
      assertThat(get(each).author()).isEqualTo("anna");
    }
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
