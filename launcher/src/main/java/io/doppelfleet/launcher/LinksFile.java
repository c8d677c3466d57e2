package io.doppelfleet.launcher;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.launcher.state.Access;
import io.doppelfleet.launcher.state.StateException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The file of links, which follows the newest keys of the state. */
final class LinksFile {
  private final Path file;
  private final HostPort server;
  private final AtomicReference<FleetState> newest;

  private final Gathered writes;

  /** What the file has; null: not known. Of the thread that writes. */
  private @Nullable List<NamedSecret> written;

  /**
   * Writes nothing yet.
   *
   * @param server where clients reach the node
   */
  LinksFile(Vertx vertx, Path file, HostPort server, FleetState state) {
    this.file = file;
    this.server = server;
    this.newest = new AtomicReference<>(state);
    this.writes = new Gathered(vertx, "doppelfleet-links", this::write);
  }

  /** The file follows, unless another state comes before. */
  void follow(FleetState state) {
    newest.set(state);
    writes.follow();
  }

  /** Follows no more; done when what came before was written, if it could be. */
  Future<Void> end() {
    return writes.end();
  }

  private void write() throws StateException {
    List<NamedSecret> keys = NewestKeys.of(newest.get());
    if (!keys.equals(written)) { // else it was a ban, say
      Access.write(file, Access.of(server, keys));
      written = keys;
    }
  }
}
