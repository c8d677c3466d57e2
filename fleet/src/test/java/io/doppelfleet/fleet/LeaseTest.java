package io.doppelfleet.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a rule may ban, and for how long. */
final class LeaseTest {
  private static final Stamp STAMP = new Stamp("node", 1, 1);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.1.2.3",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.2",
        "169.254.1.1",
        "172.17.0.1",
        "192.168.1.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "64:ff9b::",
        "64:ff9b:1::",
        "2001:0:4136:e378::",
        "fc00::",
        "fd12:3456:789a:1::",
        "fe80::",
        "ff02::"
      })
  void whatManyComeThroughIsNeverBanned(String address) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> Lease.of(InetAddress.ofLiteral(address), 1))
        .withMessageContaining("which no rule bans");
  }

  @ParameterizedTest
  @CsvSource({
    "198.51.100.7, 198.51.100.7/32",
    "100.63.255.255, 100.63.255.255/32",
    "100.128.0.1, 100.128.0.1/32",
    "172.32.0.1, 172.32.0.1/32",
    "2001:db8:0:7::, 2001:db8:0:7::/64",
    "64:ff9c::, 64:ff9c::/64"
  })
  void whoeverElseComesMayBe(String address, String prefix) {
    assertThat(Lease.of(InetAddress.ofLiteral(address), Lease.LONGEST).prefix())
        .hasToString(prefix);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "192.0.2.0/31|1|prefix is 192.0.2.0/31: a rule bans a /32 and nothing else",
        "2001:db8::/63|1|prefix is 2001:db8::/63: a rule bans a /64 and nothing else",
        "2001:db8::1|1|prefix is 2001:db8::1/128: a rule bans a /64 and nothing else",
        "192.0.2.1|0|seconds is 0: 1 to 86400 would be right",
        "192.0.2.1|86401|seconds is 86401: 1 to 86400 would be right"
      })
  void noOtherRangeAndNoLongerTimeIs(String prefix, int seconds, String error) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> new Lease(Prefix.parse(prefix), seconds))
        .withMessage(error);
  }

  @Test
  void aMessageHasNoMoreThanItsReaderTakes() {
    assertThat(new NodeLeases(STAMP, many(NodeLeases.MOST)).leases()).hasSize(NodeLeases.MOST);
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> new NodeLeases(STAMP, many(NodeLeases.MOST + 1)))
        .withMessage("leases's count is 201: 0 to 200 would be right");
    List<Lease> most = many(FleetLeases.MOST);
    byte[] longest = MessageJson.write(new FleetLeases(STAMP, most, most));
    assertThat(longest.length).isLessThan(128 << 10);
    assertThat(MessageJson.read(longest)).isEqualTo(new FleetLeases(STAMP, most, most));
  }

  private static List<Lease> many(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> new Lease(Prefix.parse("2001:db8:ffff:" + Integer.toHexString(i) + "::/64"), 9))
        .toList();
  }
}
