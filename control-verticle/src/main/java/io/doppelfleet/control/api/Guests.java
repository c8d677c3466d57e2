package io.doppelfleet.control.api;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Looks into the store for tokens and sessions. Those that were good when they were looked up last
 * have places of their own, so who has one waits for no stranger, whatever comes from their
 * network. What is remembered of them lets nobody in: each is looked up each time.
 */
final class Guests {
  static final int MOST_KNOWN = 4096;

  private final Looks ofStrangers;
  private final Looks ofKnown;

  /** By the hashes of what they bring; those that were used last. */
  private final Map<String, Boolean> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > MOST_KNOWN;
        }
      };

  /** On a worker that the store may block. */
  Guests(WorkerExecutor worker) {
    this.ofStrangers = new Looks(worker);
    this.ofKnown = new Looks(worker);
  }

  /**
   * Takes a look for what somebody brings; fails with a {@link Problem} where too many are under
   * way.
   *
   * @param hash of it
   * @param look finds a caller with a role where it is good
   */
  Future<Caller> take(String address, String hash, Callable<Caller> look) {
    Future<Caller> looked =
        isKnown(hash) ? ofKnown.takeFor(hash, look) : ofStrangers.take(address, look);
    return looked
        .onSuccess(caller -> remember(hash, caller.role() != null))
        .onFailure(
            failure -> {
              if (failure instanceof Problem problem && problem.status() == 401) {
                remember(hash, false);
              }
            });
  }

  private synchronized boolean isKnown(String hash) {
    return known.get(hash) != null;
  }

  private synchronized void remember(String hash, boolean good) {
    if (good) {
      known.put(hash, true);
    } else {
      known.remove(hash);
    }
  }
}
