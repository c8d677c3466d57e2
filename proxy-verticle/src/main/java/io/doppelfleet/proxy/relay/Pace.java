package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.LimitQuestion;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How fast a secret's bytes may pass here: of the whole fleet's rate a part, which a control
 * grants; before it has, and where none does, as much as each node would have. Not safe for use by
 * several threads, but for its {@link #rate} and {@link #waits}.
 */
final class Pace {
  /** Bytes between two questions: more than any node moves, and 2,000 times it is a long yet. */
  private static final long MOST_MOVED = 1L << 50;

  private final long limit;
  private final Book book;
  private final Peers peers;
  private final LongSupplier nanoTime;
  private final Rate rate;
  private volatile boolean waited;
  private long granted;

  /** Until when, by the monotonic clock. */
  private long end;

  private long moved;
  private long movedAt;

  /**
   * Begins.
   *
   * @param limit of all nodes together, bytes a second
   */
  Pace(long limit, Book book, Peers peers, LongSupplier nanoTime) {
    this.limit = limit;
    this.book = book;
    this.peers = peers;
    this.nanoTime = nanoTime;
    this.moved = book.moved();
    this.movedAt = nanoTime.getAsLong();
    this.rate = new Rate(peers.alone(limit), movedAt);
  }

  long limit() {
    return limit;
  }

  /** What holds here. */
  Rate rate() {
    return rate;
  }

  /** Somebody waits for it. */
  void waits() {
    waited = true;
  }

  /**
   * What a control is told of the time since this was called last; null: nothing is used. Who waits
   * wants all there is, for nobody knows how much it would be; the others what they use, and as
   * much again to begin with more.
   */
  LimitQuestion.@Nullable Rate use() {
    long nowMoved = book.moved();
    long now = nanoTime.getAsLong();
    long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(now - movedAt));
    long twice = 2_000 * Math.min(nowMoved - moved, MOST_MOVED) / millis;
    long wanted = waited ? limit : Math.min(limit, twice);
    waited = false;
    moved = nowMoved;
    movedAt = now;
    long held = held();
    become(held);
    return wanted == 0 && held == 0 ? null : new LimitQuestion.Rate(wanted, held);
  }

  private long held() {
    return granted > 0 && peers.holds(end) ? granted : 0;
  }

  /** A control grants so much of the fleet's, bytes a second, in place of what was held. */
  void granted(long share) {
    granted = Math.min(share, limit);
    end = peers.end();
    become(granted);
  }

  private void become(long held) {
    rate.become(held > 0 ? held : peers.alone(limit), nanoTime.getAsLong());
  }
}
