package io.doppelfleet.fleet.cluster;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has a process join its cluster, also one whose members don't want it yet: it is tried again every
 * three minutes, until this is ended. Safe for use by many threads.
 *
 * @param <T> what a process is in the cluster
 */
public final class Joining<T> {
  /** Each attempt takes a second of a processor, and members of another version leave slowly. */
  private static final Duration AGAIN = Duration.ofMinutes(3);

  private final Vertx vertx;
  private final Context context;
  private final Supplier<Future<T>> join;
  private final Function<T, Future<Void>> leave;
  private final Consumer<Throwable> refused;
  private final Duration again;
  private final Promise<T> tried = Promise.promise();
  private @Nullable T joined;
  private boolean told;
  private boolean ended;

  private Joining(
      Vertx vertx,
      Supplier<Future<T>> join,
      Function<T, Future<Void>> leave,
      Consumer<Throwable> refused,
      Duration again) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.join = join;
    this.leave = leave;
    this.refused = refused;
    this.again = again;
  }

  /**
   * Begins to.
   *
   * @param vertx on which it is waited, the process's own
   * @param refused is told of the first attempt that fails
   */
  public static <T> Joining<T> begin(
      Vertx vertx,
      Supplier<Future<T>> join,
      Function<T, Future<Void>> leave,
      Consumer<Throwable> refused) {
    return begin(vertx, join, leave, refused, AGAIN);
  }

  /** The same with another pause. */
  static <T> Joining<T> begin(
      Vertx vertx,
      Supplier<Future<T>> join,
      Function<T, Future<Void>> leave,
      Consumer<Throwable> refused,
      Duration again) {
    Joining<T> joining = new Joining<>(vertx, join, leave, refused, again);
    joining.context.runOnContext(go -> joining.attempt());
    return joining;
  }

  /** Done when the first attempt has made it a member; fails where it hasn't. */
  public Future<T> tried() {
    return tried.future();
  }

  private void attempt() {
    if (!ended) {
      join.get().onComplete(result -> context.runOnContext(go -> attempted(result)));
    }
  }

  private void attempted(AsyncResult<T> result) {
    if (result.succeeded()) {
      if (ended) {
        var _ = leave.apply(result.result()); // nobody waits for it
      } else {
        joined = result.result();
        tried.tryComplete(result.result());
      }
    } else if (!ended) {
      if (!told) {
        told = true;
        refused.accept(result.cause());
      }
      tried.tryFail(result.cause());
      vertx.setTimer(again.toMillis(), waited -> attempt());
    }
  }

  /** Leaves, also where it is a member only later. */
  public Future<Void> end() {
    Promise<Void> left = Promise.promise();
    context.runOnContext(
        go -> {
          ended = true;
          tried.tryFail("it has ended");
          T present = joined;
          if (present == null) {
            left.complete();
          } else {
            leave.apply(present).onComplete(left);
          }
        });
    return left.future();
  }
}
