package io.doppelfleet.proxy.scout;

import java.util.List;

/** What a site did with a hello. */
public sealed interface Seen {
  /**
   * A whole TLS 1.3 flight.
   *
   * @param suite of the ServerHello
   * @param group of its key share
   * @param extensions of the ServerHello, types in their order
   * @param sealed payload lengths of the encrypted records, one at least
   */
  record Flight(int suite, int group, List<Integer> extensions, List<Integer> sealed)
      implements Seen {
    /** Copies the lists. */
    public Flight {
      extensions = List.copyOf(extensions);
      sealed = List.copyOf(sealed);
    }
  }

  /**
   * HelloRetryRequest.
   *
   * @param group that it wants a share of, 0 where it names none
   */
  record Retry(int group) implements Seen {}

  /**
   * An older version of TLS.
   *
   * @param version as on the wire, {@code 0x0303} for TLS 1.2
   */
  record Older(int version) implements Seen {}

  /**
   * A plaintext alert.
   *
   * @param description its number
   */
  record Alert(int description) implements Seen {}

  /** Bytes that are no TLS. */
  record Garbage() implements Seen {}

  /** The connection ended before the flight did. */
  record Ended() implements Seen {}

  /** The flight was not there in time. */
  record Slow() implements Seen {}

  /** A flight longer than any server's. */
  record Endless() implements Seen {}

  /**
   * No connection.
   *
   * @param why as the system says it
   */
  record Unreachable(String why) implements Seen {}
}
