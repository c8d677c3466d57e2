package io.doppelfleet.proxy.relay;

import io.doppelfleet.proxy.leg.Legs;
import io.doppelfleet.proxy.leg.LoopBytes;
import java.util.concurrent.atomic.AtomicReference;

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

  /** One whole: what passes while the rate changes is waited for by that which holds. */
  private final AtomicReference<Now> state;

  /**
   * How it stands.
   *
   * @param next when more may pass, by a clock like {@link System#nanoTime}
   */
  private record Now(long bytesPerSecond, long next) {}

  /**
   * From now on.
   *
   * @param bytesPerSecond 1 to 1 TiB
   * @param now by a clock like {@link System#nanoTime}
   */
  Rate(long bytesPerSecond, long now) {
    this.state = new AtomicReference<>(new Now(bytesPerSecond, now - BURST_NANOS));
  }

  /** From now on it is so fast, 1 to 1 TiB; what has passed is waited for by that. */
  void become(long bytesPerSecond, long now) {
    state.updateAndGet(
        was -> {
          double slower = (double) was.bytesPerSecond / bytesPerSecond;
          long pause = was.next - now;
          return new Now(bytesPerSecond, pause > 0 ? now + (long) (pause * slower) : was.next);
        });
  }

  /** So many bytes passed now. */
  void passed(int bytes, long now) {
    state.updateAndGet(
        was -> {
          long takes = bytes * SECOND_NANOS / was.bytesPerSecond;
          return new Now(was.bytesPerSecond, Math.max(was.next, now - BURST_NANOS) + takes);
        });
  }

  /** Nanoseconds until more may pass; 0: it may now. */
  long pause(long now) {
    return Math.max(0, state.get().next - now);
  }

  /** The most that is to be read at once, bytes: the smallest read at least. */
  int most() {
    long share = state.get().bytesPerSecond / CHUNKS_A_SECOND;
    return Math.clamp(share, LoopBytes.SMALLEST_READ, Legs.CHUNK);
  }
}
