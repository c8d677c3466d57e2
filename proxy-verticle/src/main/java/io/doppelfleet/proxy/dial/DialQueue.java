package io.doppelfleet.proxy.dial;

import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The dials for one event loop's clients: a bounded number to each data centre is under way, and
 * few begin in one turn of the loop, so that a crowd's don't hold up those who are served; the
 * others wait in order. A dial is a socket, two timers and its attempts; one that waits is an entry
 * of a queue. Each data centre has a queue of its own, so that a dead one keeps only its own
 * clients waiting.
 *
 * <p>The cover's dials are not among them: who is spliced to it must not be able to tell by the
 * time that it takes how many clients there are.
 */
public final class DialQueue {
  /**
   * To one data centre. 5,000 clients that come within 2 s to one that is 100 ms away have 250
   * dials under way at any time; one that is farther makes some of them wait for a second or two.
   */
  static final int AT_ONCE = 256;

  /** Each takes some 100 microseconds of the loop, with what follows when it connects. */
  private static final int A_TURN = 2;

  private final Dialler dialler;
  private final Ways ways;
  private final EventLoop loop;
  private final Duration timeout;
  private final LegHandler handler;

  /**
   * By addresses, as {@code Datacenters} has them, whose order may change: while they are dialled.
   */
  private final Map<List<InetSocketAddress>, Target> targets = new LinkedHashMap<>();

  private final AtomicInteger waiting = new AtomicInteger();

  /** In this turn of the loop. */
  private int begun;

  /**
   * For an event loop.
   *
   * @param dialler of the same loop
   * @param ways how it is to dial
   * @param timeout from the moment that a client asks, so that waiting counts
   * @param handler that each leg has at first
   */
  public DialQueue(
      Dialler dialler, Ways ways, EventLoop loop, Duration timeout, LegHandler handler) {
    this.dialler = dialler;
    this.ways = ways;
    this.loop = loop;
    this.timeout = timeout;
    this.handler = handler;
  }

  /** Dials these addresses, now or when it is this one's turn. */
  public Turn dial(List<InetSocketAddress> addresses) {
    Target target = targets.computeIfAbsent(addresses, Target::new);
    Turn turn = new Turn(target, System.nanoTime() + timeout.toNanos());
    target.add(turn);
    return turn;
  }

  private boolean mayBegin() {
    return begun < A_TURN;
  }

  private void begins() {
    if (begun++ == 0) {
      // Not execute(): Netty does all tasks, those too that come meanwhile, before it looks at its
      // sockets again; what is scheduled it takes up once a turn.
      loop.schedule(this::nextTurn, 0, TimeUnit.NANOSECONDS);
    }
  }

  /** One to each data centre, again and again: none has all of the turns. */
  private void nextTurn() {
    begun = 0;
    boolean more = waiting.get() > 0;
    while (more && mayBegin()) {
      more = false;
      for (Target target : List.copyOf(targets.values())) {
        more |= target.takeNext();
      }
    }
  }

  /** Clients that wait for their turn; may be read from any thread. */
  public int waiting() {
    return waiting.get();
  }

  /** One client's dial. */
  public static final class Turn {
    private final Promise<Leg> result = Promise.promise();
    private final Target target;
    private final long deadline;
    private Dialler.@Nullable Dial dial;
    private boolean done;

    private Turn(Target target, long deadline) {
      this.target = target;
      this.deadline = deadline;
    }

    /** The leg; fails with an {@link IOException} when there is none in time. */
    public Future<Leg> result() {
      return result.future();
    }

    /**
     * The client left: its place is the next one's, and no result is told.
     *
     * @return false where there is a result already
     */
    public boolean cancel() {
      if (done) {
        return false;
      }
      done = true;
      target.left(dial);
      return true;
    }
  }

  private final class Target {
    private final List<InetSocketAddress> addresses;
    private final Queue<Turn> queue = new ArrayDeque<>();
    private int underWay;
    private boolean clockRuns;

    Target(List<InetSocketAddress> addresses) {
      this.addresses = addresses;
    }

    void add(Turn turn) {
      dropLeft(); // or it would wait behind nobody, and for nothing
      if (mayStart() && queue.isEmpty()) {
        start(turn);
        return;
      }
      queue.add(turn);
      waiting.incrementAndGet();
      if (!clockRuns) {
        clockRuns = true;
        expireAfter(timeout.toNanos());
      }
    }

    private boolean mayStart() {
      return underWay < AT_ONCE && mayBegin();
    }

    private void start(Turn turn) {
      underWay++;
      begins();
      Duration left = Duration.ofNanos(Math.max(0, turn.deadline - System.nanoTime()));
      Dialler.Dial dial = dialler.dial(addresses, ways, left, handler);
      turn.dial = dial;
      dial.result()
          .onComplete(
              ended -> {
                turn.done = true;
                next();
                turn.result.handle(ended);
              });
    }

    /** One that is under way ended; those who left while they waited are passed over. */
    private void next() {
      underWay--;
      takeNext();
    }

    /** Who has left is first in the queue no more. */
    private void dropLeft() {
      for (Turn turn = queue.peek(); turn != null && turn.done; turn = queue.peek()) {
        queue.remove();
      }
    }

    /** Starts one, if one waits and may; says whether. */
    private boolean takeNext() {
      dropLeft();
      Turn turn = mayStart() ? queue.poll() : null;
      if (turn != null) {
        waiting.decrementAndGet();
        targets.remove(addresses, this);
        targets.put(addresses, this); // behind the others
        start(turn);
      }
      forgetUnused();
      return turn != null;
    }

    private void forgetUnused() {
      if (underWay == 0 && queue.isEmpty()) {
        targets.remove(addresses, this);
      }
    }

    void left(Dialler.@Nullable Dial dial) {
      if (dial == null) {
        waiting.decrementAndGet();
        dropLeft();
        forgetUnused();
      } else {
        dial.cancel();
        next();
      }
    }

    /** The first in the queue is the first whose time is over: one clock is enough for all. */
    private void expireAfter(long nanos) {
      loop.schedule(this::expire, nanos, TimeUnit.NANOSECONDS);
    }

    private void expire() {
      long now = System.nanoTime();
      Turn first = queue.peek();
      while (first != null && (first.done || first.deadline - now <= 0)) {
        queue.remove();
        if (!first.done) {
          first.done = true;
          waiting.decrementAndGet();
          first.result.fail(
              new IOException("no answer, and no turn, in " + timeout.toMillis() + " ms"));
        }
        first = queue.peek();
      }
      clockRuns = first != null;
      if (first != null) {
        expireAfter(first.deadline - now);
      }
      forgetUnused();
    }
  }
}
