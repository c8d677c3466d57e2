package io.doppelfleet.control.peer;

import io.doppelfleet.fleet.LimitQuestion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Whether this control hears what the others say. All hear all letters, their own too, in one
 * order: so who hears its own has heard what others said before. For any threads.
 */
final class Hearing {
  /**
   * Others take longer to find that this control is quiet, and that another has to divide: who
   * stood still for so long, or whose last letter that was heard is older, can't grant anything.
   */
  static final long QUIET_NANOS = 1_000_000_000L;

  /**
   * Who hears none of so many that it sent hears nobody: in 2.4 s at the least, for after a
   * server's restart it is heard of again up to a second later than it takes letters.
   */
  static final int DEAF_LETTERS = 40;

  /**
   * So is who hears nothing for so long of what it sent, where letters take longer: it has to know
   * that before it forgets others, for then it would be alone. While it can send none it isn't
   * deaf.
   */
  static final long DEAF_NANOS = 4_000_000_000L;

  /** Who could send nothing for so long is alone: by then others are forgotten, too. */
  static final long ALONE_NANOS = 9_000_000_000L;

  /** By then nodes have told again what they hold, or hold nothing. */
  static final long LEARNS_NANOS = TimeUnit.SECONDS.toNanos(LimitQuestion.LEASE_SECONDS);

  /** Those that were sent, and the one that may be on its way. */
  private final Deque<Begun> unheard = new ArrayDeque<>();

  private long begun;
  private long sent;
  private long heard;

  /** When the last letter that was heard was begun. */
  private long spoke;

  /** When the last one was sent. */
  private long gone;

  /** Since when nothing came of what was sent. */
  private long waits;

  /** Which letter has to be heard. */
  private long awaited;

  private long ticked;
  private long deaf;

  /** When it could hear there were. */
  private boolean others;

  /** A letter, and when it was. */
  private record Begun(long number, long since) {}

  /** From now on, by the monotonic clock, nanoseconds. */
  Hearing(long now) {
    this.spoke = now;
    this.waits = now;
    this.gone = now;
    this.ticked = now;
    this.deaf = now - LEARNS_NANOS;
  }

  /**
   * To be called some times a second.
   *
   * @param present whether other controls are there
   */
  synchronized void tick(boolean present, long now) {
    if (now - ticked > QUIET_NANOS) {
      awaitNext();
      waits = now; // what came meanwhile has yet to be heard
    }
    ticked = now;
    if (isDeaf(now)) {
      deaf = now;
    } else {
      others = present || (others && mayBeDeaf(now));
    }
  }

  /** The number of the next letter, from 1, which says no less than what is known by now. */
  synchronized long next(long now) {
    if (begun > sent) { // that one couldn't be
      unheard.removeIf(each -> each.number > sent);
      waits = now;
    }
    if (unheard.size() > DEAF_LETTERS) {
      unheard.remove();
    }
    unheard.add(new Begun(++begun, now));
    return begun;
  }

  /** A letter was sent. */
  synchronized void sent(long number, long now) {
    if (sent <= heard || isStuck(now)) {
      waits = now;
    }
    sent = number;
    gone = now;
  }

  /** A part of a letter of this control was heard; whether it is the first. */
  synchronized boolean heard(long number, long now) {
    if (number <= heard) {
      return false;
    }
    heard = number;
    waits = now;
    while (!unheard.isEmpty() && unheard.element().number <= heard) {
      spoke = unheard.remove().since;
    }
    return true;
  }

  private boolean isDeaf(long now) {
    return unheard.size() >= DEAF_LETTERS
        || (sent > heard && !isStuck(now) && now - waits >= DEAF_NANOS);
  }

  /** Whether a letter is long on its way: while it can say none, who hears none isn't deaf. */
  private boolean isStuck(long now) {
    return begun > sent && now - unheard.getLast().since > QUIET_NANOS;
  }

  /**
   * Whether nothing came yet of what was sent: it may be a while until it counts as deaf, where
   * letters fail in between, and meanwhile others are there though it hears none of them. Not where
   * none could be sent for so long that it is alone, as they are.
   */
  private boolean mayBeDeaf(long now) {
    return sent > heard && now - gone < ALONE_NANOS;
  }

  /** What others have said is known, and what this control says, once its next letter is heard. */
  synchronized void awaitNext() {
    awaited = begun + 1;
  }

  /** Whether what others say is heard at all; also where there are none. */
  synchronized boolean areHeard(long now) {
    return !others || (!isDeaf(now) && now - deaf >= LEARNS_NANOS);
  }

  /**
   * Whether what they have said until now is known, and what this one says is known to them; also
   * where there are none.
   */
  synchronized boolean isUpToDate(long now) {
    return !others
        || (heard >= awaited && now - ticked <= QUIET_NANOS && now - spoke <= QUIET_NANOS);
  }
}
