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
 * @param pause between two connections for pages, at most: over HTTP/2 a head's length is also a
 *     matter of the second in which it is sent
 */
public record Bounds(
    Duration connect, Duration answer, Duration pages, int requests, int bytes, Duration pause) {

  /** As a hasty visitor's. */
  public static Bounds defaults() {
    return new Bounds(
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        Duration.ofSeconds(20),
        24,
        4 << 20,
        Duration.ofMillis(500));
  }
}
