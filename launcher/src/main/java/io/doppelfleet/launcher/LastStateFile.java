package io.doppelfleet.launcher;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.launcher.state.LastState;
import io.doppelfleet.launcher.state.StateException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What a node of a control elsewhere starts with next time, which follows what it runs. */
final class LastStateFile {
  private final AtomicReference<@Nullable FleetState> newest = new AtomicReference<>();
  private final LastState last;
  private final Gathered writes;

  LastStateFile(Vertx vertx, LastState last) {
    this.last = last;
    this.writes = new Gathered(vertx, "doppelfleet-last-state", this::write);
  }

  /** It follows, unless another state comes before. */
  void follow(FleetState state) {
    if (newest.getAndSet(state) == null) {
      writes.begin(); // or a node that is killed soon has nothing to start with
    } else {
      writes.follow();
    }
  }

  private void write() throws StateException {
    FleetState state = newest.get();
    if (state != null) {
      last.write(state);
    }
  }

  /** Follows no more; done when what came before was written, if it could be. */
  Future<Void> end() {
    return writes.end();
  }
}
