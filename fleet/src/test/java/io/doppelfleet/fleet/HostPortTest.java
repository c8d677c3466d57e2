package io.doppelfleet.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
  @ParameterizedTest
  @CsvSource({
    "example.org:443,example.org,443",
    "192.0.2.1:0,192.0.2.1,0",
    "[2001:db8::1]:65535,2001:db8::1,65535",
    "[fe80::1%eth0]:80,fe80::1%eth0,80",
  })
  void whatIsReadIsWrittenAgain(String text, String host, int port) {
    assertThat(HostPort.parse(text)).isEqualTo(new HostPort(host, port)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "example.org|has no port: write HOST:PORT",
        ":443|has no host: write HOST:PORT",
        "2001:db8::1:443|an IPv6 address is written [ADDRESS]:PORT",
        "[192.0.2.1]:443|any other host HOST:PORT",
        "[2001:db8::1:443|an IPv6 address is written [ADDRESS]:PORT",
        "https://example.org:443|it has a /",
        "example.org:|the port must be a number in 0..65535",
        "example.org:https|the port must be a number in 0..65535",
        "example.org:-1|the port must be a number in 0..65535",
        "example.org:65536|the port must be a number in 0..65535",
        "example.org:999999|the port must be a number in 0..65535",
        "exa mple.org:443|is neither a host name nor an IPv4 or IPv6 address",
        "[::x]:443|is neither a host name nor an IPv4 or IPv6 address",
      })
  void saysWhatWouldBeRight(String text, String error) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HostPort.parse(text))
        .withMessageContaining(error);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65536})
  void portsOutOfBoundsAreRefused(int port) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new HostPort("example.org", port))
        .withMessage("port " + port + " is not in 0..65535");
  }

  @Test
  void anEmptyHostIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new HostPort("", 443))
        .withMessage("the host is empty");
  }
}
