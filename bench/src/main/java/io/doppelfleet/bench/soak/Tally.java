package io.doppelfleet.bench.soak;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What became of what clients and strangers asked for. */
final class Tally {
  private static final long LONGEST_NANOS = 60_000_000_000L;

  private final LongAdder done = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final AtomicReference<@Nullable String> why = new AtomicReference<>();
  private volatile Histogram times = new ConcurrentHistogram(LONGEST_NANOS, 3);

  /** A message came back. */
  void echoed(long nanos) {
    done.increment();
    times.recordValue(Math.min(LONGEST_NANOS, nanos));
  }

  /** Something else was answered as it should be, with so many bytes. */
  void served(long length) {
    done.increment();
    bytes.add(length);
  }

  /**
   * Something was not.
   *
   * @param killed whether it was under way by a node that is killed: then it is nobody's fault
   */
  void failed(String what, Throwable cause, boolean killed) {
    if (killed) {
      lost.increment();
    } else {
      failed.increment();
      why.compareAndSet(null, what + ": " + cause);
    }
  }

  long done() {
    return done.sum();
  }

  long bytes() {
    return bytes.sum();
  }

  long failed() {
    return failed.sum();
  }

  long lost() {
    return lost.sum();
  }

  /** What failed first; empty where nothing did. */
  String firstFailure() {
    String first = why.get();
    return first == null ? "" : first;
  }

  /** The p99 of echoes since the last call, microseconds. */
  double p99() {
    Histogram taken = times;
    times = new ConcurrentHistogram(LONGEST_NANOS, 3);
    return taken.getValueAtPercentile(99) / 1e3;
  }
}
