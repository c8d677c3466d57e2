package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/**
 * What is promised within a second of its being asked for: how long it took is printed, and a
 * machine that has much else to do is given five.
 */
final class WithinASecond {
  private static final Duration AT_MOST = Duration.ofSeconds(5);

  private final long asked = System.nanoTime();

  private WithinASecond() {}

  /** From now on. */
  static WithinASecond begin() {
    return new WithinASecond();
  }

  /** It has happened. */
  void over(String what) {
    Duration took = Duration.ofNanos(System.nanoTime() - asked);
    System.out.printf("%s %d ms after it was asked for%n", what, took.toMillis());
    assertThat(took).as(what).isLessThan(AT_MOST);
  }
}
