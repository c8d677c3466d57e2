package io.doppelfleet.proxy.dns;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.UnknownHostException;

/**
 * Looks for a name at once, and again each minute. Until it was found it is looked for sooner:
 * after two seconds, then after twice as long each time, for a process may start before names can
 * be had.
 */
public final class Lookup {
  private static final long FIRST_MILLIS = 2_000;
  private static final long EVERY_MILLIS = 60_000;

  private final Vertx vertx;
  private final Look look;
  private final long everyMillis;
  private long pauseMillis;
  private long timer = -1;
  private boolean ended;

  /** Of what does it. */
  public Lookup(Vertx vertx, Look look) {
    this(vertx, look, FIRST_MILLIS, EVERY_MILLIS);
  }

  /** With other times. */
  Lookup(Vertx vertx, Look look, long firstMillis, long everyMillis) {
    this.vertx = vertx;
    this.look = look;
    this.pauseMillis = firstMillis;
    this.everyMillis = everyMillis;
  }

  /** Looks once, and keeps what is found. */
  public interface Look {
    /**
     * May block.
     *
     * @throws UnknownHostException where nothing is found
     */
    void once() throws UnknownHostException;
  }

  /** Begins; the result is that of the first look. */
  public Future<Void> begin() {
    return vertx
        .executeBlocking(
            () -> {
              look.once();
              return null;
            },
            false)
        .onComplete(looked -> again(looked.succeeded()))
        .mapEmpty();
  }

  private synchronized void again(boolean found) {
    if (ended) {
      return;
    }
    if (found) {
      pauseMillis = everyMillis;
    }
    timer = vertx.setTimer(pauseMillis, tick -> begin());
    pauseMillis = Math.min(2 * pauseMillis, everyMillis);
  }

  /** Looks no more, but for one that is under way. */
  public synchronized void end() {
    ended = true;
    vertx.cancelTimer(timer);
  }
}
