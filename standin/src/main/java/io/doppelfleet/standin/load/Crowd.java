package io.doppelfleet.standin.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Does something with many connections, a bounded number of them at once: a flood would measure
 * listeners' backlogs. Methods block, and fail when one connection does.
 */
public final class Crowd {
  private final Door door;
  private final int atOnce;
  private final Duration atMost;

  /** Opens one connection. */
  @FunctionalInterface
  public interface Door {
    /** Connects; the talk is told all else, a connect that fails included. */
    void open(Talk talk);
  }

  /**
   * By a door.
   *
   * @param atOnce connections with which something is under way
   * @param atMost how long a method may take
   */
  public Crowd(Door door, int atOnce, Duration atMost) {
    this.door = door;
    this.atOnce = atOnce;
    this.atMost = atMost;
  }

  /** The same with another number of connections at once. */
  public Crowd withAtOnce(int atOnce) {
    return new Crowd(door, atOnce, atMost);
  }

  /** Opens connections for content; each has come through to the data centre. */
  public List<Flow> openFlows(int count) throws InterruptedException, TimeoutException {
    List<Flow> flows = new ArrayList<>(count);
    all(
        count,
        i -> {
          Flow flow = new Flow();
          flows.add(flow);
          door.open(flow);
          return flow.ready();
        });
    return flows;
  }

  /** Opens connections; each has answered once. */
  public List<Echo> open(int count) throws InterruptedException, TimeoutException {
    List<Echo> echoes = new ArrayList<>(count);
    all(
        count,
        i -> {
          Echo echo = new Echo();
          echoes.add(echo);
          door.open(echo);
          return echo.first();
        });
    return echoes;
  }

  /** Has each connection answer once more. */
  public void exchange(List<Echo> echoes) throws InterruptedException, TimeoutException {
    all(echoes.size(), i -> echoes.get(i).send());
  }

  /** Closes all connections in order. */
  public void close(List<Echo> echoes) throws InterruptedException, TimeoutException {
    all(
        echoes.size(),
        i -> {
          echoes.get(i).close();
          return echoes.get(i).closed();
        });
  }

  /**
   * Opens connections, each of which answers once and is closed.
   *
   * @param count of them at most
   * @param time after which no more are opened
   * @return how many there were
   */
  public int churn(int count, Duration time) throws InterruptedException, TimeoutException {
    return each(
        count,
        time,
        i -> {
          Echo echo = new Echo();
          door.open(echo);
          return echo.first()
              .thenCompose(
                  answered -> {
                    answered.close();
                    return answered.closed();
                  });
        });
  }

  private void all(int count, IntFunction<CompletableFuture<?>> start)
      throws InterruptedException, TimeoutException {
    if (each(count, atMost, start) < count) {
      throw hanging();
    }
  }

  private int each(int count, Duration time, IntFunction<CompletableFuture<?>> start)
      throws InterruptedException, TimeoutException {
    long begin = System.nanoTime();
    Semaphore free = new Semaphore(atOnce);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    int started = 0;
    while (started < count && failure.get() == null && System.nanoTime() - begin < time.toNanos()) {
      acquire(free, 1, begin);
      start
          .apply(started++)
          .whenComplete(
              (done, why) -> {
                if (why != null) {
                  failure.compareAndSet(null, why);
                }
                free.release();
              });
    }
    acquire(free, atOnce, begin);
    Throwable why = failure.get();
    if (why != null) {
      throw new IllegalStateException("a connection failed: " + why.getMessage(), why);
    }
    return started;
  }

  private void acquire(Semaphore free, int permits, long begin)
      throws InterruptedException, TimeoutException {
    long left = atMost.toNanos() - (System.nanoTime() - begin);
    if (!free.tryAcquire(permits, left, TimeUnit.NANOSECONDS)) {
      throw hanging();
    }
  }

  private TimeoutException hanging() {
    return new TimeoutException("not all connections were served within " + atMost);
  }
}
