package io.doppelfleet.proxy.dial;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which upstreams to try, in which order: those that work by their weights, then those that don't.
 * One that failed three times with nothing between is passed over for five seconds, then one dial
 * tries it, beside the next one if it is slow; where that fails it is passed over for twice as
 * long, five minutes at most. Where none works all are tried all the same, so that the first that
 * is back serves. Shared by all event loops.
 */
public final class Upstreams {
  private static final Logger LOG = LoggerFactory.getLogger(Upstreams.class);
  private static final int FAILURES = 3;
  private static final long FIRST_PAUSE = TimeUnit.SECONDS.toNanos(5);
  private static final long LONGEST_PAUSE = TimeUnit.MINUTES.toNanos(5);

  private final List<Health> all;
  private final LongSupplier nanoTime;

  /** With at least one. */
  public Upstreams(List<Upstream> upstreams, LongSupplier nanoTime) {
    this.all = upstreams.stream().map(Health::new).toList();
    this.nanoTime = nanoTime;
  }

  /** How one fares. */
  public static final class Health {
    private final Upstream upstream;
    private final LongAdder failures = new LongAdder();
    private volatile List<InetSocketAddress> found;
    private int turn;
    private int inARow;
    private long pause;
    private long tryAt;
    private long lengthened;

    private Health(Upstream upstream) {
      this.upstream = upstream;
      this.found = List.of(upstream.address());
    }

    /** Which one it is. */
    public Upstream upstream() {
      return upstream;
    }

    /** Where its name leads from now on, one address at least. */
    void found(List<InetSocketAddress> addresses) {
      found = addresses;
    }

    /** Where to dial it: the next address of its name once this one has failed. */
    synchronized InetSocketAddress address() {
      List<InetSocketAddress> now = found;
      return now.get(turn % now.size());
    }

    /** Dials in which it failed since the start; not those whose target it could not reach. */
    public long failures() {
      return failures.sum();
    }

    /** Whether it is passed over. */
    public synchronized boolean isDown() {
      return pause > 0;
    }

    /** Whether its pause is over, which is told to one; the next has to wait as long again. */
    private synchronized boolean isDue(long now) {
      if (pause == 0 || now - tryAt < 0) {
        return false;
      }
      tryAt = now + pause;
      return true;
    }

    private synchronized long tryAt() {
      return tryAt;
    }

    /** Whether it is new that it works. */
    private synchronized boolean succeeded() {
      boolean back = pause > 0;
      inARow = 0;
      pause = 0;
      return back;
    }

    /** Whether it is new that it doesn't. */
    private synchronized boolean failed(long now) {
      failures.increment();
      turn = turn == Integer.MAX_VALUE ? 0 : turn + 1;
      inARow = Math.min(inARow + 1, FAILURES);
      if (inARow < FAILURES || (pause > 0 && now - lengthened < pause)) {
        return false; // of dials that began together one counts
      }
      boolean first = pause == 0;
      lengthened = now;
      pause = first ? FIRST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
      tryAt = now + pause;
      return first;
    }
  }

  /** All of them, as configured. */
  public List<Health> all() {
    return all;
  }

  /** The order for one dial: each of them once. */
  List<Health> order(RandomGenerator random) {
    long now = nanoTime.getAsLong();
    List<Health> order = new ArrayList<>(all.size());
    List<Health> down = new ArrayList<>();
    List<Health> up = new ArrayList<>(all.size());
    for (Health health : all) {
      if (!health.isDown()) {
        up.add(health);
      } else if (order.isEmpty() && health.isDue(now)) {
        order.add(health);
      } else {
        down.add(health);
      }
    }
    while (!up.isEmpty()) {
      int ticket = random.nextInt(up.stream().mapToInt(each -> each.upstream.weight()).sum());
      int i = 0;
      for (; ticket >= up.get(i).upstream.weight(); i++) {
        ticket -= up.get(i).upstream.weight();
      }
      order.add(up.remove(i));
    }
    down.sort(Comparator.comparingLong(each -> each.tryAt() - now));
    order.addAll(down);
    return order;
  }

  /** It connected somebody. */
  void succeeded(Health health) {
    if (health.succeeded()) {
      LOG.info("the upstream {} works again", health.upstream.name());
    }
  }

  /** It didn't. */
  void failed(Health health, String why) {
    if (health.failed(nanoTime.getAsLong())) {
      boolean none = all.stream().allMatch(Health::isDown);
      LOG.warn(
          "the upstream {} fails ({}){}",
          health.upstream.name(),
          why,
          none ? ": no upstream is left, and no client reaches Telegram" : ", others are used");
    }
  }
}
