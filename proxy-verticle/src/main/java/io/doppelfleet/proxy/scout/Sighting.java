package io.doppelfleet.proxy.scout;

/**
 * One hello that a site was sent.
 *
 * @param seen what it did
 * @param connectMicros from SYN to SYN-ACK, 0 where there was none
 * @param delayMicros from the hello's last byte to the answer's first, 0 where there was none
 */
public record Sighting(Seen seen, int connectMicros, int delayMicros) {
  /** Whether not even a refusal came. */
  boolean isUnanswered() {
    return seen instanceof Seen.Slow
        || seen instanceof Seen.Ended
        || seen instanceof Seen.Unreachable;
  }
}
