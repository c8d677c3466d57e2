package io.doppelfleet.control.api;

import io.doppelfleet.control.access.Network;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * Looks into the store for what strangers bring: so many at once and no more, and so many of one
 * network, for whoever asks fastest would else have all who may ask wait behind them.
 */
final class Looks {
  static final int MOST = 64;
  static final int MOST_OF_ONE_NETWORK = 8;

  private final WorkerExecutor worker;
  private final Map<String, Integer> byNetwork = new HashMap<>();
  private int present;

  /** On a worker that the store may block. */
  Looks(WorkerExecutor worker) {
    this.worker = worker;
  }

  /** Takes one for who is at an address; fails with a {@link Problem} where there are too many. */
  <T> Future<T> take(String address, Callable<T> look) {
    String network = Network.of(address);
    if (!begin(network)) {
      return Future.failedFuture(Problem.of(503, "too many ask at once: try again soon"));
    }
    return worker
        .executeBlocking(look, false)
        .onComplete(looked -> end(network))
        .map(Objects::requireNonNull);
  }

  private synchronized boolean begin(String network) {
    int others = byNetwork.getOrDefault(network, 0);
    if (present >= MOST || others >= MOST_OF_ONE_NETWORK) {
      return false;
    }
    present++;
    byNetwork.put(network, others + 1);
    return true;
  }

  private synchronized void end(String network) {
    present--;
    byNetwork.computeIfPresent(network, (key, all) -> all == 1 ? null : all - 1);
  }
}
