package io.doppelfleet.proxy.list;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.doppelfleet.fleet.address.PrefixSet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** No bytes make the reader throw what it doesn't say, or read more than there are lines. */
final class ListReaderFuzzTest {
  private static final byte[] GOOD = "2001:db8::1\n".repeat(40).getBytes(StandardCharsets.US_ASCII);

  @FuzzTest(maxDuration = "2s")
  void anythingIsReadOrRefused(FuzzedDataProvider data) throws IOException {
    isReadOrRefused(data.consumeRemainingAsBytes());
  }

  static void isReadOrRefused(byte[] bytes) throws IOException {
    byte[] amongGood = new byte[GOOD.length + bytes.length];
    System.arraycopy(GOOD, 0, amongGood, 0, GOOD.length);
    System.arraycopy(bytes, 0, amongGood, GOOD.length, bytes.length);
    int lines = 1;
    for (byte each : bytes) {
      lines += each == '\n' ? 1 : 0;
    }
    for (byte[] list : new byte[][] {bytes, amongGood}) {
      try {
        ListReader.Reading reading =
            ListReader.read(() -> new ByteArrayInputStream(list), count -> {});
        PrefixSet addresses = reading.addresses();
        assertThat(reading.bad()).isLessThanOrEqualTo(lines);
        assertThat(reading.badLines()).hasSizeLessThanOrEqualTo(5);
        assertThat(addresses.count()).isBetween(1, 1 + 254 * lines);
      } catch (BadListException refused) {
        assertThat(refused.getMessage()).isNotEmpty();
      }
    }
  }
}
