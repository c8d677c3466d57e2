package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.LimitQuestion;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections that a secret may have here: of the whole fleet's a part, which a control grants.
 * Who finds none free waits for its answer. May be used on any thread.
 */
final class Seats {
  /** So long after an answer that wasn't enough nobody waits for another. */
  private static final long FULL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Book book;
  private final Peers peers;
  private final LongSupplier nanoTime;

  /** Of all nodes together; null: they aren't limited. */
  private @Nullable Integer limit;

  private int taken;
  private int granted;

  /** Until when, by the monotonic clock. */
  private long end;

  /** Whether the question under way, or the last one, tells of any. */
  private boolean used;

  /** Whether one before told of any, since a control answered one that doesn't. */
  private boolean counted;

  private boolean full;
  private long fullSince;
  private List<Waiting> waiting = new ArrayList<>();

  /** Those of them whom the question under way counts. */
  private List<Waiting> asked = List.of();

  private record Waiting(Promise<Boolean> seat, EventLoop loop) {
    void end(boolean seated) {
      loop.execute(() -> seat.complete(seated));
    }
  }

  /** Without a limit. */
  Seats(Book book, Peers peers, LongSupplier nanoTime) {
    this.book = book;
    this.peers = peers;
    this.nanoTime = nanoTime;
  }

  /** From now on this holds, of which a control has said nothing yet; null: no limit. */
  synchronized void limit(@Nullable Integer next) {
    limit = next;
    full = false;
    if (next == null) {
      List<Waiting> all = new ArrayList<>(asked);
      all.addAll(waiting);
      asked = List.of();
      waiting = new ArrayList<>();
      all.forEach(each -> each.end(sit()));
    }
  }

  /**
   * Whether a client has a seat now; on its event loop, at once or when a control has answered. It
   * is to {@link #leave} it.
   */
  synchronized Future<Boolean> take(EventLoop loop) {
    if (sit()) {
      return Future.succeededFuture(true);
    }
    if (!peers.answer() || isFull() || open() + waiting.size() + asked.size() >= most()) {
      return Future.succeededFuture(false);
    }
    Waiting waits = new Waiting(Promise.promise(), loop);
    waiting.add(waits);
    peers.ask();
    return waits.seat.future();
  }

  private boolean isFull() {
    return full && nanoTime.getAsLong() - fullSince < FULL_NANOS;
  }

  /** Takes a seat, if this node has one that is free. */
  synchronized boolean sit() {
    boolean free = open() < budget();
    if (free) {
      taken++;
    }
    return free;
  }

  /** Who came before there was a limit has no seat and counts too. */
  private int open() {
    return Math.max(taken, book.open());
  }

  private int most() {
    Integer own = limit;
    return own == null ? Integer.MAX_VALUE : own;
  }

  private long budget() {
    Integer own = limit;
    if (own == null) {
      return Integer.MAX_VALUE;
    }
    return peers.areCutOff() ? peers.alone(own) : Math.min(held(), own);
  }

  private int held() {
    return granted > 0 && peers.holds(end) ? granted : 0;
  }

  /** Leaves the seat. */
  synchronized void leave() {
    taken--;
  }

  /** Whether somebody waits whom no question counts yet. */
  synchronized boolean isAwaited() {
    return !waiting.isEmpty();
  }

  /**
   * What a control is told, who then answers; null: nothing is limited, or used. That nothing is
   * used any more is told until it is answered: for so long the control keeps what was held.
   */
  synchronized LimitQuestion.@Nullable Connections use() {
    if (limit == null) {
      return null;
    }
    asked = waiting;
    waiting = new ArrayList<>();
    int open = open();
    int held = held();
    used = open > 0 || !asked.isEmpty() || held > 0;
    counted |= used;
    return counted ? new LimitQuestion.Connections(open, asked.size(), held) : null;
  }

  /** A control grants so many of the fleet's, in place of what was held. */
  synchronized void granted(int seats) {
    granted = seats;
    counted = used;
    end = peers.end();
    answered();
  }

  /** There was no answer, or it has nothing of this: whoever was told of has waited enough. */
  synchronized void answered() {
    for (Waiting each : asked) {
      boolean seated = sit();
      each.end(seated);
      if (!seated) {
        full = true;
        fullSince = nanoTime.getAsLong();
      }
    }
    asked = List.of();
  }
}
