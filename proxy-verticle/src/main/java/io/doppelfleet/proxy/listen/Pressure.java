package io.doppelfleet.proxy.listen;

import io.doppelfleet.proxy.greeting.Room;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who goes short where connections or memory are: first new strangers, who are reset, then
 * everybody who is new, who waits in the kernel's backlog. Whoever is served stays so. Shared by
 * all event loops.
 *
 * <p>Connections include descriptors, for no more are allowed than these suffice for.
 */
public final class Pressure implements Room {
  /** Of all connections, kept for clients: no more than this part of them are strangers'. */
  private static final int STRANGERS_SHARE = 2;

  /** Nor is this part of those that are undecided, who may be anybody. */
  private static final int UNDECIDED_SHARE = 3;

  /** While this part of all are either, no network may have more than its part of them. */
  private static final int CROWDS_SHARE = 4;

  /** The last part of all connections is for clients alone; of seven the last one is anybody's. */
  private static final int LAST_SHARE = 8;

  private static final long LOOKS_EACH_MILLIS = 1_000;
  private static final Logger LOG = LoggerFactory.getLogger(Pressure.class);

  private final int limit;
  private final IntSupplier open;
  private final IntSupplier strangers;
  private final IntSupplier undecided;
  private final IntSupplier memory;
  private final Pause pause;

  /** Its own, for a kernel may take its time to add up what a group has. */
  private final Thread watch =
      Thread.ofPlatform().daemon().name("doppelfleet-memory").unstarted(this::watch);

  private volatile int ofMemory;

  /** What accepts. */
  @FunctionalInterface
  interface Pause {
    /** It is to pause, or to go on. */
    void is(boolean on);
  }

  /**
   * At this process and machine.
   *
   * @param admission counts connections
   * @param strangers those of them that are with the cover
   * @param undecided those of which it isn't known yet
   */
  public Pressure(Admission admission, IntSupplier strangers, IntSupplier undecided) {
    this(
        admission.limit(),
        admission::open,
        strangers,
        undecided,
        MemoryLeft.here()::pressure,
        admission::pause);
  }

  Pressure(
      int limit,
      IntSupplier open,
      IntSupplier strangers,
      IntSupplier undecided,
      IntSupplier memory,
      Pause pause) {
    this.limit = limit;
    this.open = open;
    this.strangers = strangers;
    this.undecided = undecided;
    this.memory = memory;
    this.pause = pause;
  }

  /** Looks at the memory once a second from now on. */
  public void begin() {
    watch.start();
  }

  /** Looks no more. */
  public void end() {
    watch.interrupt();
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(LOOKS_EACH_MILLIS);
        try {
          look();
        } catch (RuntimeException | OutOfMemoryError e) {
          LOG.error("the memory couldn't be looked at", e);
        }
      }
    } catch (InterruptedException e) {
      // it ends
    }
  }

  void look() {
    int before = ofMemory;
    int now = memory.getAsInt();
    ofMemory = now;
    if (now == 2 != (before == 2)) {
      pause.is(now == 2);
    }
  }

  /** By memory. 0: nobody goes short; 1: new strangers do; 2: all do who are new. */
  public int ofMemory() {
    return ofMemory;
  }

  /** Whether all go short by it who are new. */
  public boolean isMemoryGone() {
    return ofMemory == 2;
  }

  /** As {@link #ofMemory}, by connections. */
  public int ofConnections() {
    return open.getAsInt() >= limit ? 2 : areFewLeft() || areManyUndecided() ? 1 : 0;
  }

  private boolean areManyUndecided() {
    return undecided.getAsInt() >= Math.max(1, limit / UNDECIDED_SHARE);
  }

  private boolean areFewLeft() {
    return open.getAsInt() > limit - limit / LAST_SHARE
        || strangers.getAsInt() >= Math.max(1, limit / STRANGERS_SHARE);
  }

  @Override
  public boolean boundsCrowds() {
    return strangers.getAsInt() + undecided.getAsInt() >= Math.max(1, limit / CROWDS_SHARE);
  }

  @Override
  public boolean isForStrangers() {
    return ofMemory == 0 && !areFewLeft();
  }

  @Override
  public boolean isForUndecided() {
    return isForStrangers() && !areManyUndecided();
  }
}
