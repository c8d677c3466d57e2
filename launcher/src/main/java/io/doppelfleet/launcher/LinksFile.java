package io.doppelfleet.launcher;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.launcher.state.Access;
import io.doppelfleet.launcher.state.StateException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of links, which follows the newest keys of the state. */
final class LinksFile {
  private static final Logger LOG = LoggerFactory.getLogger(LinksFile.class);

  /** So long changes gather before the file is written. */
  private static final long GATHER_MILLIS = 500;

  /** So long after a write that failed, for a full disk say, it is tried again. */
  private static final long RETRY_MILLIS = 5_000;

  private final Vertx vertx;

  /** Of one thread: of two writes the later is the newer. */
  private final WorkerExecutor worker;

  private final Path file;
  private final HostPort server;
  private final AtomicReference<FleetState> newest;

  /** A write comes. */
  private boolean due;

  private boolean ended;

  /** What the file has; null: not known. The worker's own. */
  private @Nullable List<NamedSecret> written;

  private boolean failing;

  /**
   * Writes nothing yet.
   *
   * @param server where clients reach the node
   */
  LinksFile(Vertx vertx, Path file, HostPort server, FleetState state) {
    this.vertx = vertx;
    this.worker = vertx.createSharedWorkerExecutor("doppelfleet-links", 1);
    this.file = file;
    this.server = server;
    this.newest = new AtomicReference<>(state);
  }

  /** The file follows, unless another state comes before. */
  void follow(FleetState state) {
    newest.set(state);
    writeAfter(GATHER_MILLIS);
  }

  private synchronized void writeAfter(long millis) {
    if (!due && !ended) {
      due = true;
      vertx.setTimer(millis, gathered -> writeNow());
    }
  }

  private synchronized void writeNow() {
    if (due) {
      due = false; // what comes from here on is written by the next
      worker.executeBlocking(
          () -> {
            write();
            return null;
          });
    }
  }

  /** Follows no more; done when what came before was written, if it could be. */
  synchronized Future<Void> end() {
    ended = true;
    writeNow();
    return worker.executeBlocking(() -> null).transform(written -> worker.close());
  }

  private void write() {
    List<NamedSecret> keys = NewestKeys.of(newest.get());
    if (keys.equals(written)) {
      return; // a ban, say
    }
    try {
      Access.write(file, Access.of(server, keys));
      written = keys;
      failing = false;
    } catch (StateException e) {
      if (!failing) {
        failing = true;
        LOG.warn("{}; it is tried again every {} s", e.getMessage(), RETRY_MILLIS / 1000);
      }
      writeAfter(RETRY_MILLIS);
    }
  }
}
