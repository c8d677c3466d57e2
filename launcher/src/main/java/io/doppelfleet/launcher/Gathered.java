package io.doppelfleet.launcher;

import io.doppelfleet.launcher.state.StateException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes of a file that follows what changes: one for all that has changed in half a second, on a
 * thread of its own. So a change is in use first, and a hundred of them don't cost as many files.
 */
final class Gathered {
  private static final Logger LOG = LoggerFactory.getLogger(Gathered.class);

  /** So long changes gather before the file is written. */
  private static final long GATHER_MILLIS = 500;

  /** So long after a write that failed, for a full disk say, it is tried again. */
  private static final long RETRY_MILLIS = 5_000;

  private final Vertx vertx;

  /** Of one thread: of two writes the later is the newer. */
  private final WorkerExecutor worker;

  private final Write write;

  /** A write comes. */
  private boolean due;

  private boolean ended;

  /** The worker's own. */
  private boolean failing;

  /** Writes what is the newest now. */
  @FunctionalInterface
  interface Write {
    /** On the thread for it; where it fails it is tried again. */
    void now() throws StateException;
  }

  /** With a thread of this name. */
  Gathered(Vertx vertx, String thread, Write write) {
    this.vertx = vertx;
    this.worker = vertx.createSharedWorkerExecutor(thread, 1);
    this.write = write;
  }

  /** Something has changed. */
  void follow() {
    writeAfter(GATHER_MILLIS);
  }

  /** Something is there that wasn't: it waits for nothing more. */
  synchronized void begin() {
    due = true;
    writeNow();
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

  private void write() {
    try {
      write.now();
      failing = false;
    } catch (StateException e) {
      if (!failing) {
        failing = true;
        LOG.warn("{}; it is tried again every {} s", e.getMessage(), RETRY_MILLIS / 1000);
      }
      writeAfter(RETRY_MILLIS);
    }
  }

  /** Follows no more; done when what came before was written, if it could be. */
  synchronized Future<Void> end() {
    ended = true;
    writeNow();
    return worker.executeBlocking(() -> null).transform(written -> worker.close());
  }
}
