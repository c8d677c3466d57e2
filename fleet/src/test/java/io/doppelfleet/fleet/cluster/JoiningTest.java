package io.doppelfleet.fleet.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whose cluster doesn't want it is a member later. */
@Timeout(30)
final class JoiningTest {
  private static final Duration AGAIN = Duration.ofMillis(20);

  private final Vertx vertx = Vertx.vertx();
  private final List<String> refused = new CopyOnWriteArrayList<>();
  private final List<String> left = new CopyOnWriteArrayList<>();

  @AfterEach
  void end() throws Exception {
    done(vertx.close());
  }

  private static <T> T done(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private Future<Void> leave(String member) {
    left.add(member);
    return Future.succeededFuture();
  }

  @Test
  void anAttemptThatFailsIsMadeAgainAndToldOnce() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    Promise<Void> third = Promise.promise();
    Promise<Void> gone = Promise.promise();
    Joining<String> joining =
        Joining.begin(
            vertx,
            () -> {
              if (attempts.incrementAndGet() < 3) {
                return Future.failedFuture("another version");
              }
              third.complete();
              return Future.succeededFuture("member");
            },
            member -> {
              Future<Void> away = leave(member);
              gone.complete();
              return away;
            },
            failure -> refused.add(failure.getMessage()),
            AGAIN);
    assertThatThrownBy(() -> done(joining.tried())).hasMessageContaining("another version");
    done(third.future());
    done(joining.end()); // which the third attempt's answer may come after
    done(gone.future());
    assertThat(left).containsExactly("member");
    assertThat(refused).containsExactly("another version");
    assertThat(attempts).hasValue(3);
  }

  @Test
  void whoEndsBeforeItIsAMemberLeavesThen() throws Exception {
    Promise<String> slow = Promise.promise();
    Promise<Void> gone = Promise.promise();
    Joining<String> joining =
        Joining.begin(
            vertx,
            slow::future,
            member -> {
              Future<Void> away = leave(member);
              gone.complete();
              return away;
            },
            failure -> refused.add(failure.getMessage()),
            AGAIN);
    done(joining.end());
    assertThat(left).isEmpty();
    slow.complete("member");
    done(gone.future());
    assertThat(refused).isEmpty();
  }

  @Test
  void whoHasEndedTriesNoMore() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    Joining<String> joining =
        Joining.begin(
            vertx,
            () -> {
              attempts.incrementAndGet();
              return Future.failedFuture("another version");
            },
            this::leave,
            failure -> refused.add(failure.getMessage()),
            AGAIN);
    assertThatThrownBy(() -> done(joining.tried())).hasMessageContaining("another version");
    done(joining.end());
    int made = attempts.get();
    Thread.sleep(5 * AGAIN.toMillis());
    assertThat(attempts).hasValue(made);
  }
}
