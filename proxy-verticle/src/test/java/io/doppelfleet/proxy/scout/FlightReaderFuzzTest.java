package io.doppelfleet.proxy.scout;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** No bytes make the reader of flights throw, or see more of them than there are. */
final class FlightReaderFuzzTest {
  @FuzzTest(maxDuration = "2s")
  void readsAnything(byte[] bytes) {
    if (FlightReader.read(bytes, bytes.length) instanceof Seen.Flight flight
        && flight.sealed().stream().mapToInt(length -> length + 5).sum() > bytes.length) {
      throw new AssertionError("records of bytes that were not there");
    }
  }
}
