package io.doppelfleet.proxy.relay;

import io.doppelfleet.proxy.leg.Legs;
import io.doppelfleet.proxy.leg.LoopBytes;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How fast a secret's bytes may pass here, both ways and on all event loops together: a bucket
 * which a quarter of a second fills. May be used on any thread.
 */
final class Rate {
  /** What may pass at once after a rest is what this time would let pass. */
  static final long BURST_NANOS = 250_000_000L;

  private static final long SECOND_NANOS = 1_000_000_000L;

  /** So many parts of a second one chunk may take, so that two clients share fairly. */
  private static final int CHUNKS_A_SECOND = 16;

  private volatile long bytesPerSecond;

  /** When more may pass, by a clock like {@link System#nanoTime}. */
  private final AtomicLong next;

  /**
   * From now on.
   *
   * @param bytesPerSecond 1 to 1 TiB
   * @param now by a clock like {@link System#nanoTime}
   */
  Rate(long bytesPerSecond, long now) {
    this.bytesPerSecond = bytesPerSecond;
    this.next = new AtomicLong(now - BURST_NANOS);
  }

  /** From now on it is so fast, 1 to 1 TiB; what has passed is waited for by that. */
  void become(long newBytesPerSecond, long now) {
    double slower = (double) bytesPerSecond / newBytesPerSecond;
    bytesPerSecond = newBytesPerSecond;
    next.updateAndGet(at -> at - now > 0 ? now + (long) ((at - now) * slower) : at);
  }

  /** So many bytes passed now. */
  void passed(int bytes, long now) {
    long takes = bytes * SECOND_NANOS / bytesPerSecond;
    next.updateAndGet(at -> Math.max(at, now - BURST_NANOS) + takes);
  }

  /** Nanoseconds until more may pass; 0: it may now. */
  long pause(long now) {
    return Math.max(0, next.get() - now);
  }

  /** The most that is to be read at once, bytes: the smallest read at least. */
  int most() {
    long share = bytesPerSecond / CHUNKS_A_SECOND;
    return Math.clamp(share, LoopBytes.SMALLEST_READ, Legs.CHUNK);
  }
}
