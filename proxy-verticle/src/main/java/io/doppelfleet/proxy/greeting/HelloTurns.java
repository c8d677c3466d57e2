package io.doppelfleet.proxy.greeting;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Judges hellos, few at each turn of the event loop, so that a flood of them doesn't hold up those
 * who are served: a hello takes several times what a message does. Those who come wait for each
 * other.
 */
final class HelloTurns {
  /** What hellos may take of any turn, nanoseconds; the last may be over it. */
  private static final long LEAST_NANOS = 60_000;

  /**
   * Of a turn in which others took longer they have a part of that: where turns take milliseconds,
   * for much is relayed, one hello a turn would be few.
   */
  private static final int SHARE = 4;

  private final LongSupplier nanoTime;
  private final Queue<Runnable> waiting = new ArrayDeque<>();

  /** Whether the next turn is asked for. */
  private boolean asked;

  private long askedAt;

  /** What they may take of the present turn. */
  private long most = LEAST_NANOS;

  /** What they took of the present turn. */
  private long spent;

  HelloTurns() {
    this(System::nanoTime);
  }

  /** With another clock. */
  HelloTurns(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Judges a hello now, or at a later turn where others come first.
   *
   * @param hello has its own faults: what it throws meets who is not concerned
   */
  void judge(Runnable hello, EventLoop loop) {
    waiting.add(hello);
    take(loop);
  }

  private void take(EventLoop loop) {
    if (!asked) { // first: whatever becomes of one, the others have their turn
      asked = true;
      askedAt = nanoTime.getAsLong();
      // Not execute(): Netty does all tasks, those too that come meanwhile, before it looks at its
      // sockets again; what is scheduled it takes up once a turn.
      loop.schedule(() -> turn(loop), 0, TimeUnit.NANOSECONDS);
    }
    long begin = nanoTime.getAsLong() - spent;
    while (spent < most && !waiting.isEmpty()) {
      waiting.remove().run();
      spent = nanoTime.getAsLong() - begin;
    }
  }

  private void turn(EventLoop loop) {
    asked = false;
    spent = 0;
    most = Math.max(LEAST_NANOS, (nanoTime.getAsLong() - askedAt) / SHARE);
    if (!waiting.isEmpty()) {
      take(loop);
    }
  }
}
