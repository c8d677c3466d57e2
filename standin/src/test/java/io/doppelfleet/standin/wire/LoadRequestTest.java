package io.doppelfleet.standin.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class LoadRequestTest {
  @Test
  void aRequestIsSixteenBytesAndReadsBack() {
    assertThat(LoadRequest.stream(1L << 33).encode())
        .isEqualTo(HexFormat.of().parseHex("ff44467f010100000000000002000000"));
    for (LoadRequest request :
        new LoadRequest[] {
          LoadRequest.stream(0), LoadRequest.sink(Long.MAX_VALUE), LoadRequest.echo()
        }) {
      assertThat(LoadRequest.decode(request.encode())).isEqualTo(request);
    }
  }

  @Test
  void aBrokenRequestIsRefusedWithAReason() {
    assertRefused("ee44467f010100000000000002000000", "begins with 7f4644ff");
    assertRefused("ff44467f020100000000000002000000", "format 2 is unknown");
    assertRefused("ff44467f010000000000000002000000", "operation 0");
    assertRefused("ff44467f010400000000000002000000", "operation 4");
    assertRefused("ff44467f010100010000000002000000", "must be zero");
    assertRefused("ff44467f010100000000000002000080", "is negative");
    assertRefused("ff44467f010300000000000002000000", "an echo has no count");
    assertRefused("ff44467f", "this has 4");
  }

  private static void assertRefused(String hex, String reason) {
    assertThatThrownBy(() -> LoadRequest.decode(HexFormat.of().parseHex(hex)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aReportReadsBack() {
    SinkReport report = new SinkReport(0xdeadbeef, 1L << 40);
    assertThat(SinkReport.decode(report.encode())).isEqualTo(report);
  }

  @Test
  void theChecksumIsOfTheContentThatIsCopied() {
    int count = 3 * LoadContent.BLOCK_LENGTH + 12_345;
    byte[] content = new byte[count];
    for (int at = 0; at < count; at += 1_000) {
      LoadContent.copy(at, content, at, Math.min(1_000, count - at));
    }
    CRC32C crc = new CRC32C();
    crc.update(content);
    assertThat(LoadContent.crc32c(count)).isEqualTo((int) crc.getValue());
  }
}
