package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.LimitAnswer;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.TrafficReport;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.Legs;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a secret may use on this node. Its bytes, connections and rate are limited by what controls
 * grant: of the whole fleet's a part, of which what isn't used goes back; its addresses by what
 * they know of all nodes'. May be used on any thread.
 */
final class Allowance {
  /**
   * Bytes that may pass before a control has answered, and that are held while nothing passes: of
   * 16 MB, by which eight nodes may overshoot, half.
   */
  static final long ADVANCE = 1 << 20;

  /** Where nothing has passed for so long, what was granted goes back. */
  private static final long IDLE_NANOS = 60_000_000_000L;

  /** So long after a question its answer is waited for. */
  private static final long ANSWER_NANOS = 5_000_000_000L;

  private static final long UNLIMITED = Long.MAX_VALUE;

  private final Book book;
  private final LongSupplier nanoTime;
  private final Runnable need;
  private final LongAdder waits;
  private final Peers peers;
  private final Seats seats;
  private final Places places;
  private volatile Limits limits = Limits.NONE;

  /** Null where it isn't limited; as is its {@link Pace#rate}, which is asked for each chunk. */
  private volatile @Nullable Pace pace;

  private volatile @Nullable Rate rate;

  /** No more is to pass when so many bytes have, both ways together. */
  private volatile long end = UNLIMITED;

  private volatile long granted;
  private volatile boolean asks;
  private volatile long askedAt;

  /** Whether a control was told what is held, and asked for more, since the limits changed. */
  private boolean told;

  private boolean over;
  private long lastMoved;
  private long lastMovedAt;

  /**
   * Without limits.
   *
   * @param nanoTime a clock like {@link System#nanoTime}
   * @param need is told when a control has to be asked soon
   * @param peers share limits with this node
   * @param waits counts reads that wait for the rate
   */
  Allowance(Book book, LongSupplier nanoTime, Runnable need, Peers peers, LongAdder waits) {
    this.book = book;
    this.peers = peers;
    this.seats = new Seats(book, peers, nanoTime);
    this.places = new Places(peers, nanoTime);
    this.nanoTime = nanoTime;
    this.need = need;
    this.waits = waits;
  }

  /** From now on nothing is limited. */
  void unlimited() {
    limit(Limits.NONE, null);
  }

  /**
   * From now on these hold; who is there may stay.
   *
   * @param key the secret's newest; null where addresses aren't limited
   */
  synchronized void limit(Limits next, @Nullable KeyGeneration key) {
    places.limit(next.addresses(), key);
    Long wanted = next.rate();
    if (!Objects.equals(wanted, limits.rate())) {
      Pace own = wanted == null ? null : new Pace(wanted, book, peers, nanoTime);
      pace = own;
      rate = own == null ? null : own.rate();
    }
    if (!Objects.equals(next.connections(), limits.connections())) {
      seats.limit(next.connections());
    }
    if (next.bytes().equals(limits.bytes())) {
      limits = next;
      return;
    }
    limits = next;
    told = false;
    if (next.bytes().isEmpty()) {
      end = UNLIMITED;
      asks = false;
      return;
    }
    if (end == UNLIMITED) {
      lastMoved = book.moved();
      lastMovedAt = nanoTime.getAsLong();
      granted = 0;
      end = lastMoved + ADVANCE;
    }
    ask();
  }

  /** Whether something of it is limited here. */
  boolean isLimited() {
    return end != UNLIMITED
        || rate != null
        || limits.connections() != null
        || limits.addresses() != null;
  }

  /**
   * Why a client isn't let in, in two words; null where it is, and counts as long as its leg is
   * open. On the leg's event loop, at once or when a control has answered.
   */
  Future<@Nullable String> refuse(AddressBits from, Leg near) {
    if (isSpent() && !mayBeGrantedSoon()) {
      asks = true; // another period may have begun
      return Future.succeededFuture("bytes spent");
    }
    if (limits.connections() == null) {
      return refuse(from, near.loop());
    }
    return seats
        .take(near.loop())
        .compose(
            seated ->
                seated
                    ? refuse(from, near.loop()).onSuccess(reason -> seated(reason, near))
                    : Future.succeededFuture("connection limit"));
  }

  private Future<@Nullable String> refuse(AddressBits from, EventLoop loop) {
    return limits.addresses() == null
        ? Future.succeededFuture()
        : places.admit(from, loop).map(admitted -> admitted ? null : "address limit");
  }

  private void seated(@Nullable String reason, Leg near) {
    if (reason != null || near.closed()) {
      seats.leave(); // who has left needs none
    } else {
      near.onClose(seats::leave);
    }
  }

  /** Whether an answer is due that may have more, by the time that a client says something. */
  private boolean mayBeGrantedSoon() {
    return asks && granted > 0 && nanoTime.getAsLong() - askedAt < ANSWER_NANOS;
  }

  /** Whether somebody waits for what a control grants. */
  boolean isAwaited() {
    return seats.isAwaited() || places.isAwaited();
  }

  /**
   * What a control is told of what is used of the fleet's limits; null: nothing.
   *
   * @param tokens at the most, of addresses of which nobody waits
   */
  synchronized LimitQuestion.@Nullable Use use(int tokens) {
    LimitQuestion.Connections connections = seats.use();
    LimitQuestion.Addresses addresses = places.use(Math.min(tokens, LimitQuestion.MOST_TOKENS));
    LimitQuestion.Rate speed = pace == null ? null : pace.use();
    return connections == null && addresses == null && speed == null
        ? null
        : new LimitQuestion.Use(book.secret(), connections, addresses, speed);
  }

  /** A control has answered that; null: it has not, or has nothing of this secret. */
  synchronized void answered(LimitAnswer.@Nullable Share share) {
    Integer connections = share == null ? null : share.connections();
    if (connections == null) {
      seats.answered();
    } else {
      seats.granted(connections);
    }
    places.answered(share == null ? null : share.addresses());
    Long speed = share == null ? null : share.rate();
    if (pace != null && speed != null) {
      pace.granted(speed);
    }
  }

  /** Whether there is a rate. */
  boolean hasRate() {
    return rate != null;
  }

  /** How long nothing more is to be read, microseconds; 0: it may be. Asked before each chunk. */
  long pauseMicros() {
    Rate now = rate;
    return now == null ? 0 : Math.ceilDiv(now.pause(nanoTime.getAsLong()), 1_000);
  }

  /** A read waits. */
  void waits() {
    waits.increment();
    Pace own = pace;
    if (own != null) {
      own.waits();
    }
  }

  /** The most that a descriptor's side is to read at once, bytes. */
  int most() {
    Rate now = rate;
    return now == null ? Legs.CHUNK : now.most();
  }

  /** So many bytes passed. */
  void passed(int bytes) {
    Rate now = rate;
    if (now != null) {
      now.passed(bytes, nanoTime.getAsLong());
    }
  }

  /**
   * Whether no byte more may pass. Asked before each chunk, so it is quick where none is limited.
   */
  boolean isSpent() {
    long most = end;
    if (most == UNLIMITED) {
      return false;
    }
    long left = most - book.moved();
    if (left < granted / 2 && !asks) {
      ask();
    }
    return left <= 0;
  }

  private void ask() {
    askedAt = nanoTime.getAsLong();
    asks = true;
    need.run();
  }

  /** What is held at a count; null where bytes aren't limited. What lies idle is given back. */
  synchronized TrafficReport.@Nullable Budget budget(TrafficReport.Count count) {
    if (end == UNLIMITED) {
      return null;
    }
    told = true;
    long moved = count.up() + count.down();
    long now = nanoTime.getAsLong();
    if (moved != lastMoved) {
      lastMoved = moved;
      lastMovedAt = now;
    } else if (now - lastMovedAt >= IDLE_NANOS && end - moved > ADVANCE) {
      end = moved + ADVANCE;
      granted = ADVANCE;
    }
    return new TrafficReport.Budget(count.secret(), Math.max(0, end - moved), asks);
  }

  /** No byte more will pass: what is held goes back, and nothing is asked for. */
  synchronized void giveBack() {
    over = true;
    if (end != UNLIMITED) {
      end = book.moved();
      asks = false;
    }
  }

  /**
   * A control grants so many bytes from a count on, in place of what was held. Where the limits
   * have changed since it was asked it may have granted by those before, and is asked again.
   */
  synchronized void grant(TrafficReport.Count at, long bytes) {
    if (end != UNLIMITED && !over) {
      granted = bytes;
      end = at.up() + at.down() + bytes;
      asks = !told;
    }
  }
}
