package io.doppelfleet.control.api;

import io.doppelfleet.control.access.Network;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * Looks into the store for what is brought: so many at once and no more, and so many for one who
 * asks, for whoever asks fastest would else have all who may ask wait behind them.
 */
final class Looks {
  static final int MOST = 64;
  static final int MOST_OF_ONE = 8;

  private final WorkerExecutor worker;
  private final Map<String, Integer> byWho = new HashMap<>();
  private int present;

  /** On a worker that the store may block. */
  Looks(WorkerExecutor worker) {
    this.worker = worker;
  }

  /** Takes one for a stranger at an address; fails with a {@link Problem} if there are too many. */
  <T> Future<T> take(String address, Callable<T> look) {
    return takeFor(Network.ofStranger(address), look);
  }

  /** The same for whoever this is a name of. */
  <T> Future<T> takeFor(String who, Callable<T> look) {
    if (!begin(who)) {
      return Future.failedFuture(Problem.of(503, "too many ask at once: try again soon"));
    }
    return worker
        .executeBlocking(look, false)
        .onComplete(looked -> end(who))
        .map(Objects::requireNonNull);
  }

  private synchronized boolean begin(String who) {
    int others = byWho.getOrDefault(who, 0);
    if (present >= MOST || others >= MOST_OF_ONE) {
      return false;
    }
    present++;
    byWho.put(who, others + 1);
    return true;
  }

  private synchronized void end(String who) {
    present--;
    byWho.computeIfPresent(who, (key, all) -> all == 1 ? null : all - 1);
  }
}
