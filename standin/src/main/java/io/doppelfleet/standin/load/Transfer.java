package io.doppelfleet.standin.load;

import io.doppelfleet.standin.wire.LoadContent;
import java.time.Duration;

/**
 * A transfer that arrived whole.
 *
 * @param bytes of content
 * @param time from the request to the last byte or its receipt
 */
public record Transfer(long bytes, Duration time) {

  /** Millions of bytes a second. */
  public double megabytesPerSecond() {
    return bytes / 1e6 / (time.toNanos() / 1e9);
  }

  /** Checks what arrived and takes the time. */
  static Transfer checked(long expected, long arrived, int crc32c, long startNanos) {
    Duration time = Duration.ofNanos(System.nanoTime() - startNanos);
    if (arrived != expected) {
      throw new IllegalStateException(arrived + " bytes arrived of " + expected);
    }
    if (crc32c != LoadContent.crc32c(expected)) {
      throw new IllegalStateException(expected + " bytes arrived with a wrong checksum");
    }
    return new Transfer(expected, time);
  }
}
