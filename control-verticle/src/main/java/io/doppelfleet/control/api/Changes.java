package io.doppelfleet.control.api;

import io.doppelfleet.control.feed.Feed;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.FleetState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the API changes the state: written first, then published, then answered. */
final class Changes {
  private static final Logger LOG = LoggerFactory.getLogger(Changes.class);

  private final Store store;
  private final Feed feed;

  Changes(Store store, Feed feed) {
    this.store = store;
    this.feed = feed;
  }

  /** Makes a change, on the revision that the caller has seen where they name one. */
  FleetState make(Call call, String what, Store.Change<Problem> change)
      throws Problem, StoreException {
    FleetState changed =
        store.<Problem>change(
            call.edit(what),
            present -> {
              check(call, present);
              return change.of(present);
            });
    publish();
    return changed;
  }

  /** Refuses a call that names another revision than the present one. */
  static void check(Call call, FleetState present) throws Problem {
    Long seen = call.seen();
    if (seen != null && seen != present.revision()) {
      throw Problem.of(
          412,
          "If-Match",
          "is revision "
              + seen
              + ", and the present one is "
              + present.revision()
              + ": look at it first");
    }
  }

  private void publish() {
    try {
      feed.look();
    } catch (StoreException | RuntimeException e) { // the change is done, whatever becomes of this
      LOG.warn("a revision is written, and told to nodes later: {}", e.getMessage());
    }
  }
}
