package io.doppelfleet.proxy.doppel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** Plays the pump around a shaper: a clock, bytes that come, and a timer. */
final class PlayedPump {
  /** The time that a burst keeps overflows soon after it. */
  private static final long BEGIN = 4_294_000_000L;

  private final Shaper shaper;
  private final Burst burst = new Burst() {};
  private final Deque<long[]> waiting = new ArrayDeque<>();
  private final List<Left> left = new ArrayList<>();
  private long now = BEGIN;
  private int there;
  private long longestWait;

  PlayedPump(Shaper shaper) {
    this.shaper = shaper;
  }

  /**
   * Bytes that come after a time.
   *
   * @param more whether others are there already
   * @param broken whether who sends was in the midst of something
   */
  record Arrival(int afterMicros, int bytes, boolean more, boolean broken) {}

  /**
   * A record that left.
   *
   * @param at microseconds since the beginning
   */
  record Left(int length, long at) {}

  /** What has left so far. */
  List<Left> left() {
    return Collections.unmodifiableList(left);
  }

  Burst burst() {
    return burst;
  }

  /** Microseconds since the beginning. */
  long now() {
    return now - BEGIN;
  }

  /** The clock goes on by so much, or back, and nobody wakes. */
  void pass(long micros) {
    now += micros;
  }

  /** Of any byte that has left, microseconds. */
  long longestWait() {
    return longestWait;
  }

  /** All of them come, and then nothing for long. */
  void through(List<Arrival> arrivals) {
    boolean broken = false;
    for (Arrival arrival : arrivals) {
      sleep(now + arrival.afterMicros, broken);
      broken = arrival.broken;
      there += arrival.bytes;
      waiting.add(new long[] {arrival.bytes, now});
      plan(arrival.more ? Coming.THERE : Coming.PERHAPS);
    }
    if (there > 0 && !burst.waits()) {
      plan(Coming.PERHAPS);
    }
    sleep(now + 200_000, broken);
    assertThat(there).isZero();
  }

  private void sleep(long until, boolean broken) {
    while (burst.waits() && now + burst.left(now) <= until) {
      now += Math.max(0, burst.left(now));
      plan(broken ? Coming.LATE : Coming.NONE_SO_FAR);
    }
    now = until;
  }

  private void plan(Coming coming) {
    int before;
    do {
      before = there;
      int records = shaper.plan(burst, there, coming, now);
      for (int i = 0; i < records; i++) {
        leave(shaper.length(i));
      }
      shaper.left(burst);
      assertThat(there == 0 || burst.waits() || coming == Coming.THERE || there < before)
          .as("progress")
          .isTrue();
    } while (there > 0 && there < before && !burst.waits());
    assertThat(there).isLessThanOrEqualTo(Shaper.MOST_KEPT);
  }

  private void leave(int length) {
    assertThat(length).isLessThanOrEqualTo(there);
    left.add(new Left(length, now()));
    there -= length;
    int rest = length;
    while (rest > 0) {
      long[] oldest = waiting.getFirst();
      longestWait = Math.max(longestWait, now - oldest[1]);
      int gone = (int) Math.min(rest, oldest[0]);
      oldest[0] -= gone;
      rest -= gone;
      if (oldest[0] == 0) {
        waiting.removeFirst();
      }
    }
  }
}
