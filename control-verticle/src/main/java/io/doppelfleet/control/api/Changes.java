package io.doppelfleet.control.api;

import io.doppelfleet.control.feed.Feed;
import io.doppelfleet.control.store.Outcome;
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

  /** Makes the next state of the present one; the number of its result doesn't matter. */
  interface Change {
    FleetState of(FleetState state) throws Problem, StoreException;
  }

  /** Makes a change, on the revision that the caller has seen where they name one. */
  FleetState make(Call call, String what, Change change) throws Problem, StoreException {
    Long seen = call.seen();
    while (true) {
      FleetState present = store.latest();
      if (seen != null && seen != present.revision()) {
        throw conflict(seen, present.revision());
      }
      FleetState next = change.of(present).at(present.revision() + 1);
      switch (store.write(next, call.edit(what))) {
        case Outcome.Written written -> {
          publish();
          return written.state();
        }
        case Outcome.Unchanged unchanged -> {
          return unchanged.state();
        }
        case Outcome.Conflict conflict -> {
          if (seen != null) {
            throw conflict(seen, conflict.is());
          }
        }
      }
    }
  }

  private void publish() {
    try {
      feed.look();
    } catch (StoreException e) {
      LOG.warn("a revision is written, and told to nodes later: {}", e.getMessage());
    }
  }

  private static Problem conflict(long seen, long present) {
    return Problem.of(
        412,
        "If-Match",
        "is revision " + seen + ", and the present one is " + present + ": look at it first");
  }
}
