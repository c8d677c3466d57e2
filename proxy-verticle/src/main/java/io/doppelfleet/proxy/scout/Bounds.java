package io.doppelfleet.proxy.scout;

import java.time.Duration;

/**
 * What a look at the cover may cost at most.
 *
 * @param connect to open a connection
 * @param answer from a hello to the end of its answer
 * @param pages for all pages of a look together
 * @param requests of a look, at least 1
 * @param bytes of all responses of a look, about
 */
public record Bounds(Duration connect, Duration answer, Duration pages, int requests, int bytes) {

  /** As a hasty visitor's. */
  public static Bounds defaults() {
    return new Bounds(
        Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(20), 9, 4 << 20);
  }
}
