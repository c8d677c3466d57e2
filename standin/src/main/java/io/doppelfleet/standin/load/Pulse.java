package io.doppelfleet.standin.load;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Has held connections echo at a fixed rate and takes the times. What is sent late because the last
 * answer was late is timed from when it should have been sent, so that a pause of the proxy counts
 * for every message that it held up.
 */
public final class Pulse implements AutoCloseable {
  private static final long LONGEST_NANOS = 60_000_000_000L;

  private final long interval;
  private volatile Histogram times = histogram();
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile boolean running = true;
  private volatile @Nullable Throwable failure;

  private Pulse(Duration interval) {
    this.interval = interval.toNanos();
  }

  /**
   * Starts; the connections take turns within an interval.
   *
   * @param interval zero: each connection sends its next message when it has the last one back
   */
  public static Pulse start(List<Echo> echoes, Duration interval) {
    Pulse pulse = new Pulse(interval);
    for (int i = 0; i < echoes.size(); i++) {
      pulse.begin(echoes.get(i), pulse.interval * i / echoes.size());
    }
    return pulse;
  }

  private void begin(Echo echo, long delay) {
    long due = System.nanoTime() + delay;
    echo.on(connection -> connection.after(delay, () -> beat(connection, echo, due, false)));
  }

  /**
   * Sends a message.
   *
   * @param late whether the last answer came after this was due; a timer of ours that is late is
   *     none of the proxy's doing
   */
  private void beat(LoadConnection connection, Echo echo, long due, boolean late) {
    if (!running) {
      return;
    }
    long from = late && interval > 0 ? due : System.nanoTime();
    underWay.incrementAndGet();
    echo.again()
        .whenComplete(
            (back, why) -> {
              underWay.decrementAndGet();
              if (why != null) {
                failure = why;
                return;
              }
              long end = System.nanoTime();
              times.recordValue(Math.min(LONGEST_NANOS, end - from));
              long next = due + interval;
              connection.after(
                  Math.max(0, next - end), () -> beat(connection, echo, next, next < end));
            });
  }

  /** Times of the messages since the start or the last call. */
  public Latencies take() {
    Throwable why = failure;
    if (why != null) {
      throw new IllegalStateException("an echo failed: " + why.getMessage(), why);
    }
    Histogram taken = times;
    times = histogram();
    return Latencies.of(taken);
  }

  private static Histogram histogram() {
    return new ConcurrentHistogram(LONGEST_NANOS, 3);
  }

  /** Stops when the messages under way are back, 10 s at most; connections stay open. */
  @Override
  public void close() throws InterruptedException {
    running = false;
    for (int i = 0; i < 1000 && underWay.get() > 0; i++) {
      Thread.sleep(10);
    }
  }
}
