package io.doppelfleet.standin.client;

import java.util.Arrays;

/**
 * Reads a flight that may arrive in pieces, as under load it may, and checks its records and its
 * digest, but not the ServerHello: that costs more than the proxy's own part.
 */
public final class FlightReader {
  private static final int RECORDS = 3;

  private final ClientHello hello;
  private byte[] bytes = {};

  /** For the answer to a hello. */
  public FlightReader(ClientHello hello) {
    this.hello = hello;
  }

  /**
   * Takes what was read.
   *
   * @return whether the flight is whole and right
   * @throws BrokenRuleException when it is wrong, or longer than a flight
   */
  public boolean feed(byte[] read, int offset, int length) {
    int had = bytes.length;
    bytes = Arrays.copyOf(bytes, had + length);
    System.arraycopy(read, offset, bytes, had, length);
    int end = 0;
    for (int i = 0; i < RECORDS; i++) {
      if (bytes.length < end + Tls.RECORD_HEADER) {
        return false;
      }
      end += Tls.RECORD_HEADER + Tls.u16(bytes, end + 3);
    }
    if (bytes.length < end) {
      return false;
    }
    ServerFlight.checkRecords(bytes, hello);
    return true;
  }
}
