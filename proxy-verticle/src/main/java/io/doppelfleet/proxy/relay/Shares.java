package io.doppelfleet.proxy.relay;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who of one event loop waits for the {@link Link}: a line for each secret, in which its
 * connections have their turns, a chunk each; who has a message and no flow has it soon. The line
 * whose secret was given least is next.
 */
final class Shares implements Wheel.Sleeper {
  /** Microseconds; the wheel knows no more than 60,000. */
  private static final int LONGEST_SLEEP = 50_000;

  /** A loop that is so many bytes ahead of the others lets them go first: some chunks. */
  private static final long AHEAD = 256 * 1024;

  /** Chunks after which the loop's other sockets come. */
  private static final int CHUNKS_A_TURN = 16;

  private final Link link;
  private final int number;
  private final Wheel wheel;
  private final Line strangers;
  private final Queue<Line> lines = new PriorityQueue<>(Comparator.comparingLong(line -> line.key));
  private short slot = AWAKE;

  /** Turns are being had, or go on as soon as the loop has seen to its sockets. */
  private boolean serves;

  /** Who waits. */
  interface Waiter {
    /** May read one chunk now. */
    void go();

    /** Whether it has read it by then; else what it reads is known later. */
    boolean readsAtOnce();

    /** Whether it had little in its last turn, or none yet. */
    boolean isSparse();

    /** Its event loop. */
    EventLoop loop();
  }

  /** One secret's, or the strangers'. */
  static final class Line {
    /** Of the sparse so many go before one of the others does. */
    private static final int SPARSE_IN_A_ROW = 16;

    private final Share share;
    private final Deque<Waiter> sparse = new ArrayDeque<>();
    private final Deque<Waiter> waiting = new ArrayDeque<>();
    private int inRow;

    /** What the share was given when it came into its place: more by now, perhaps. */
    private long key;

    private boolean queued;

    Line(Share share) {
      this.share = share;
    }

    private void add(Waiter waiter) {
      (waiter.isSparse() ? sparse : waiting).add(waiter);
    }

    private boolean remove(Waiter waiter) {
      return waiting.remove(waiter) || sparse.remove(waiter);
    }

    private boolean isEmpty() {
      return waiting.isEmpty() && sparse.isEmpty();
    }

    private boolean isSparseNext() {
      return waiting.isEmpty() || (!sparse.isEmpty() && inRow < SPARSE_IN_A_ROW);
    }

    private Waiter first() {
      return (isSparseNext() ? sparse : waiting).element();
    }

    private Waiter take() {
      if (isSparseNext()) {
        inRow++;
        return sparse.remove();
      }
      inRow = 0;
      return waiting.remove();
    }
  }

  /**
   * With nobody who waits.
   *
   * @param number the loop's, from 0
   */
  Shares(Link link, int number, Wheel wheel) {
    this.link = link;
    this.number = number;
    this.wheel = wheel;
    this.strangers = new Line(link.strangers());
  }

  /** A pair's line; null: a stranger's. */
  Line line(@Nullable Account account) {
    return account == null ? strangers : account.line();
  }

  /** The most that is to be read at once, bytes. */
  int most() {
    return link.most();
  }

  /** Whether a stranger's first bytes needn't wait now. */
  boolean mayPassFirst() {
    return link.mayPassFirst();
  }

  /** So many such bytes are about to be {@link #passed}. */
  void passesFirst(int bytes) {
    link.passesFirst(bytes);
  }

  /** So many bytes passed. */
  void passed(Line line, int bytes) {
    link.passed(line.share, bytes);
  }

  /** Whether somebody has to wait: then it does, and {@link Waiter#go} is called in time. */
  boolean take(Line line, Waiter waiter) {
    if (!link.isContended() && link.pauseMicros() == 0) {
      return false;
    }
    line.add(waiter);
    link.waits();
    if (!line.queued) {
      link.begins(line.share);
      queue(line);
    }
    tell();
    if (slot == AWAKE && !serves) {
      sleep(waiter);
    }
    return true;
  }

  /** It ends: its turn doesn't come. */
  void leave(Line line, Waiter waiter) {
    if (line.remove(waiter)) {
      link.waitsNoMore();
      tell(); // or the other loops would wait for it
    }
  }

  private void queue(Line line) {
    line.key = line.share.given();
    line.queued = true;
    lines.add(line);
  }

  /** The first of the lines as they are now; null where nobody waits. */
  private @Nullable Line first() {
    for (Line line = lines.peek(); line != null; line = lines.peek()) {
      boolean moved = line.share.given() != line.key;
      if (!moved && !line.isEmpty()) {
        return line;
      }
      lines.remove();
      line.queued = false;
      if (!line.isEmpty()) {
        queue(line); // it was given something on another loop meanwhile
      }
    }
    return null;
  }

  /** The first, which the other loops know from now on. */
  private @Nullable Line tell() {
    Line line = first();
    if (line == null) {
      link.nobody(number);
    } else {
      link.least(number, line.key);
    }
    return line;
  }

  @Override
  public void wake() {
    serves = true; // who has more and waits again doesn't put all to sleep by that
    Line line = tell();
    for (int chunks = 0; line != null && chunks < CHUNKS_A_TURN && mayPass(line); chunks++) {
      link.passes(line.share);
      Waiter next = line.take();
      link.waitsNoMore();
      next.go();
      if (!next.readsAtOnce()) {
        chunks = CHUNKS_A_TURN; // or all would go before it is known what one has read
      }
      line = tell();
    }
    serves = line != null && mayPass(line);
    if (line == null) {
      return;
    }
    Waiter first = line.first();
    if (serves) {
      first.loop().schedule(this::wake, 0, TimeUnit.NANOSECONDS); // see HelloTurns: not execute()
    } else {
      sleep(first);
    }
  }

  private boolean mayPass(Line line) {
    return link.pauseMicros() == 0 && line.key - link.least() <= AHEAD;
  }

  private void sleep(Waiter waiter) {
    int micros = (int) Math.min(link.pauseMicros(), LONGEST_SLEEP);
    link.sleeps(number, micros);
    wheel.sleep(this, micros, waiter.loop());
  }

  @Override
  public short slot() {
    return slot;
  }

  @Override
  public void slot(short slot) {
    this.slot = slot;
  }
}
