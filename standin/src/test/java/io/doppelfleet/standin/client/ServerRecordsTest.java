package io.doppelfleet.standin.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerRecordsTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 16384, 100_000})
  void payloadsAreTheSameInAnySegmentation(int segment) {
    byte[] content = new byte[40_000];
    new SplittableRandom(1).nextBytes(content);
    byte[] wire =
        Flight.join(
            Flight.record(0x17, Arrays.copyOfRange(content, 0, 1)),
            Flight.record(0x17, Arrays.copyOfRange(content, 1, 16402)),
            Flight.record(0x17, Arrays.copyOfRange(content, 16402, 32_803)),
            Flight.record(0x17, Arrays.copyOfRange(content, 32_803, 40_000)));
    ServerRecords records = new ServerRecords();
    ByteSink heard = new ByteSink();

    for (int at = 0; at < wire.length; at += segment) {
      byte[] read = new byte[segment + 3];
      int length = Math.min(segment, wire.length - at);
      System.arraycopy(wire, at, read, 3, length);
      heard.bytes(Arrays.copyOfRange(read, 3, 3 + records.strip(read, 3, length)));
    }

    assertThat(heard.toBytes()).isEqualTo(content);
  }

  @ParameterizedTest
  @CsvSource({
    "1403030001, RECORD_TYPE",
    "1503030013, RECORD_TYPE",
    "1703010001, RECORD_VERSION",
    "1702030001, RECORD_VERSION",
    "1703030000, RECORD_LENGTH",
    "1703034012, RECORD_LENGTH",
    "170303ffff, RECORD_LENGTH"
  })
  void namesWhatIsWrongWithAHeader(String header, Rule rule) {
    byte[] bytes = HexFormat.of().parseHex(header);

    assertThatThrownBy(() -> new ServerRecords().strip(bytes, 0, bytes.length))
        .asInstanceOf(type(BrokenRuleException.class))
        .extracting(BrokenRuleException::rule)
        .isEqualTo(rule);
  }

  @Test
  void theLongestRecordIsTaken() {
    byte[] bytes = Flight.record(0x17, new byte[16401]);

    assertThat(new ServerRecords().strip(bytes, 0, bytes.length)).isEqualTo(16401);
  }
}
