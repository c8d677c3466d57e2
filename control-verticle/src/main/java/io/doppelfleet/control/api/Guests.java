package io.doppelfleet.control.api;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Looks into the store for tokens and sessions. Those that were good when they were looked up last
 * have places of their own, so who has one waits for no stranger, whatever comes from their
 * network; all sessions of one account have as many of these as one token. What is remembered of
 * them lets nobody in: each is looked up each time.
 */
final class Guests {
  static final int MOST_KNOWN = 4096;

  private final Looks ofStrangers;
  private final Looks ofKnown;

  /** Whose they are, by the hashes of what they bring; those that were used last. */
  private final Map<String, String> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
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
    String who = whose(hash);
    Future<Caller> looked =
        who == null ? ofStrangers.take(address, look) : ofKnown.takeFor(who, look);
    return looked
        .onSuccess(caller -> remember(hash, caller.role() == null ? null : caller.identity()))
        .onFailure(
            failure -> {
              if (isOfNoUse(failure)) {
                remember(hash, null);
              }
            });
  }

  /** Whether a look found that what is brought isn't good, and not that it couldn't look. */
  static boolean isOfNoUse(Throwable failure) {
    return failure instanceof Problem problem && problem.status() == 401;
  }

  private synchronized @Nullable String whose(String hash) {
    return known.get(hash);
  }

  private synchronized void remember(String hash, @Nullable String who) {
    if (who == null) {
      known.remove(hash);
    } else {
      known.put(hash, who);
    }
  }
}
