package io.doppelfleet.launcher;

import io.vertx.core.Vertx;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the heap back to the system after a burst, and after a start without one. The virtual
 * machine shrinks its heap when it collects all of it, which it does only when the heap is full:
 * after a burst there is nothing more to fill it. So once most of a crowd has gone, and what it
 * left is worth the pause of some 20 ms, a collection is asked for, at most twice a minute. So it
 * is, whoever is there, once much more came together than the last one left: what a control reads
 * from its store would fill the heap to its end.
 */
final class HeapReturn {
  private static final Logger LOG = LoggerFactory.getLogger(HeapReturn.class);
  private static final long EVERY_MILLIS = 5_000;

  /** Looks from one collection to the next at least. */
  static final int LOOKS_BETWEEN = 6;

  /** Heap, in bytes, beyond the least that it is known to come to, that is worth a pause. */
  static final long WORTH = 2L << 20;

  /** Heap, in bytes, beyond what the last collection left, that is worth one whoever is there. */
  static final long HOARD = 64L << 20;

  private final IntSupplier connections;
  private final LongSupplier committed;
  private final Runnable collection;
  private int most;
  private int looksSince = LOOKS_BETWEEN;

  /**
   * The least that it came to, of late: a collection that gave nothing back shows that it is more
   * now. None yet: what the start has left is worth it.
   */
  private long least;

  /** What the last collection left, this one's or the virtual machine's own. */
  private long left;

  /**
   * Before its first look.
   *
   * @param connections that are open now
   * @param committed bytes of the heap that the process holds now, used or not
   * @param collection of all of it
   */
  HeapReturn(IntSupplier connections, LongSupplier committed, Runnable collection) {
    this.connections = connections;
    this.committed = committed;
    this.collection = collection;
  }

  /** Begins to look, until the Vert.x is closed. */
  static void watch(Vertx vertx, IntSupplier connections) {
    HeapReturn heap = new HeapReturn(connections, Runtime.getRuntime()::totalMemory, System::gc);
    vertx.setPeriodic(EVERY_MILLIS, tick -> heap.look());
  }

  /** One look, which may take as long as a collection does. */
  void look() {
    int now = connections.getAsInt();
    long before = committed.getAsLong();
    most = Math.max(most, now);
    left = Math.min(left, before);
    looksSince++;
    if (looksSince < LOOKS_BETWEEN) {
      return;
    }
    boolean gone = now <= most / 2;
    if ((gone && before - least >= WORTH) || before - left >= HOARD) {
      collection.run();
      looksSince = 0;
      left = committed.getAsLong();
      least = least == 0 || before - left < WORTH ? left : Math.min(least, left);
      LOG.debug("the heap went from {} to {} bytes", before, left);
    }
    if (gone) {
      most = now;
    }
  }
}
