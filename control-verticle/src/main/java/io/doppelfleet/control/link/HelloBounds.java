package io.doppelfleet.control.link;

import io.doppelfleet.fleet.EvenLength;
import io.doppelfleet.fleet.LinkMessage;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How much of hellos one node may tell, and how often it may ask: nothing on a link of before, and
 * no more than a node that has met all that there is room for. One that is seized keeps the control
 * from nothing else.
 */
final class HelloBounds {
  private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** All of late has 128 parts at most; some may be asked for again. */
  private static final int MOST_PARTS = 200;

  /** Of ticks 17 a second are the most; as many as these come at once after a network's pause. */
  private static final int TICKS_AT_ONCE = 200;

  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private int version = LinkMessage.FIRST;
  private long begun;

  /** The moment up to which the ticks that came would last. */
  private long ticked;

  private int parts;

  /**
   * That of a link that begins.
   *
   * @param now by the monotonic clock, nanoseconds
   */
  HelloBounds(long now) {
    this.begun = now - EVERY_NANOS;
    this.ticked = now - TICKS_AT_ONCE * TICK_NANOS;
  }

  /** The newest version that the node understands. */
  void version(int ofNode) {
    version = Math.min(ofNode, LinkMessage.NEWEST);
  }

  /** The newest that both ends do. */
  int version() {
    return version;
  }

  /**
   * What is wrong with what is told at a tick, before it is read; null: nothing.
   *
   * @param now by the monotonic clock, nanoseconds
   */
  @Nullable String wrong(Buffer text, long now) {
    if (version < LinkMessage.HELLOS) {
      return "of hellos nothing is told on a link of version " + version;
    }
    long least = now - TICKS_AT_ONCE * TICK_NANOS;
    ticked = (ticked - least < 0 ? least : ticked) + TICK_NANOS;
    if (ticked - now > 0) {
      return "of hellos it tells more often than 20 times a second";
    }
    return text.length() <= EvenLength.LONG
        ? null
        : "of hellos it tells "
            + text.length()
            + " bytes at once: "
            + EvenLength.LONG
            + " are the most";
  }

  /**
   * Whether a part of all of late may be asked for now. Once a second it may begin from the first.
   *
   * @param from where the part begins
   * @param now by the monotonic clock, nanoseconds
   */
  boolean allows(int from, long now) {
    if (version < LinkMessage.HELLOS) {
      return false;
    }
    if (from == 0) {
      if (now - begun < EVERY_NANOS) {
        return false;
      }
      begun = now;
      parts = 0;
    }
    return parts++ < MOST_PARTS;
  }
}
