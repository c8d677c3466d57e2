package io.doppelfleet.proxy.greeting;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a hello is of now. Where most of those with a right digest are not, a clock is wrong and
 * clients are sent away: the operator is told, who would else see a proxy that serves nobody.
 * Shared by all event loops.
 */
public final class Freshness {
  private static final Logger LOG = LoggerFactory.getLogger(Freshness.class);

  /** Stale hellos of a window that are worth a line: one client refused tries as often in 2 s. */
  static final int MANY = 20;

  static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** The least time from one line to the next. */
  static final long QUIET_NANOS = TimeUnit.HOURS.toNanos(1);

  private final Clock clock;
  private final long tolerance;
  private final LongSupplier nanos;
  private long begun;
  private long told;
  private int stale;
  private int fresh;

  /**
   * Nobody has been met yet.
   *
   * @param clock wall clock
   * @param tolerance how far a client's may be off, either way
   */
  public Freshness(Clock clock, Duration tolerance) {
    this(clock, tolerance, System::nanoTime);
  }

  /** With a monotonic clock of nanoseconds. */
  Freshness(Clock clock, Duration tolerance, LongSupplier nanos) {
    this.clock = clock;
    this.tolerance = tolerance.toSeconds();
    this.nanos = nanos;
    this.begun = nanos.getAsLong();
    this.told = begun - QUIET_NANOS;
  }

  /**
   * Whether it is.
   *
   * @param time of a hello whose digest is right, seconds since 1970
   */
  boolean isFresh(long time) {
    long ahead = time - clock.instant().getEpochSecond();
    boolean isFresh = Math.abs(ahead) <= tolerance;
    met(isFresh, ahead);
    return isFresh;
  }

  private synchronized void met(boolean isFresh, long ahead) {
    long now = nanos.getAsLong();
    if (now - begun >= WINDOW_NANOS) {
      begun = now;
      stale = 0;
      fresh = 0;
    }
    if (isFresh) {
      fresh++;
      return;
    }
    stale++;
    if (stale >= MANY && stale > fresh && now - told >= QUIET_NANOS) {
      told = now;
      LOG.warn(
          "this machine's clock or the clients' is wrong: of the last {} hellos with a right secret"
              + " {} were more than {} s off and were sent to the cover, the last one was {} s {}"
              + " this machine's clock: turn time synchronisation on",
          stale + fresh,
          stale,
          tolerance,
          Math.abs(ahead),
          ahead < 0 ? "behind" : "ahead of");
    }
  }
}
