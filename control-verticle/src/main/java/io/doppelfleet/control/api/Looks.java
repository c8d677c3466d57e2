package io.doppelfleet.control.api;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Looks into the store for what strangers bring: so many at once and no more, for whoever asks
 * fastest would else have all who may ask wait behind them.
 */
final class Looks {
  static final int MOST = 64;

  private final WorkerExecutor worker;
  private final AtomicInteger present = new AtomicInteger();

  /** On a worker that the store may block. */
  Looks(WorkerExecutor worker) {
    this.worker = worker;
  }

  /** Takes one; fails with a {@link Problem} where there are too many already. */
  <T> Future<T> take(Callable<T> look) {
    if (present.incrementAndGet() > MOST) {
      present.decrementAndGet();
      return Future.failedFuture(Problem.of(503, "too many ask at once: try again soon"));
    }
    return worker
        .executeBlocking(look, false)
        .onComplete(looked -> present.decrementAndGet())
        .map(Objects::requireNonNull);
  }
}
