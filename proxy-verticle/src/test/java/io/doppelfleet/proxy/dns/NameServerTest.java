package io.doppelfleet.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How name servers are written. */
final class NameServerTest {
  @ParameterizedTest
  @CsvSource({
    "192.0.2.53, 192.0.2.53, 53",
    "192.0.2.53:54, 192.0.2.53:54, 54",
    "2001:db8::1, [2001:db8:0:0:0:0:0:1], 53",
    "[2001:db8::1]:54, [2001:db8:0:0:0:0:0:1]:54, 54",
    "tls://192.0.2.53, tls://192.0.2.53, 853",
    "tls://192.0.2.53:853#dns.example, tls://192.0.2.53#dns.example, 853",
    "https://192.0.2.53, https://192.0.2.53/dns-query, 443",
    "https://[2001:db8::1]:8443/a/b#d.example, https://[2001:db8:0:0:0:0:0:1]:8443/a/b#d.example, 8443",
  })
  void eachKindHasItsUsualPortAndPath(String text, String written, int port) {
    NameServer server = NameServer.parse(text);
    assertThat(server).hasToString(written);
    assertThat(server.address().getPort()).isEqualTo(port);
    assertThat(NameServer.parse(written)).isEqualTo(server);
  }

  @ParameterizedTest
  @CsvSource({
    "https://[2001:db8::1]#DNS.example, true",
    "https://192.0.2.53:8443/a#dns.example, false",
    "https://192.0.2.54#another.example, false",
    "https://192.0.2.54, false",
    "tls://192.0.2.54#dns.example, false",
  })
  void byHttpsANameIsAtOneAddress(String other, boolean elsewhere) {
    NameServer server = NameServer.parse("https://192.0.2.53#dns.example");
    assertThat(NameServer.parse(other).isElsewhere(server)).isEqualTo(elsewhere);
    assertThat(server.isElsewhere(NameServer.parse(other))).isEqualTo(elsewhere);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "dns.example",
        "tls://dns.example",
        "192.0.2.53/dns-query",
        "192.0.2.53#dns.example",
        "tls://192.0.2.53/dns-query",
        "tls://192.0.2.53#",
        "https://192.0.2.53/dns query",
        "https://user@192.0.2.53/dns-query",
        "http://192.0.2.53/dns-query",
        "999.0.2.53",
        "192.0.2.53:0",
        "192.0.2.53:65536",
      })
  void whatIsNoneSaysWhatWouldBeRight(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NameServer.parse(text))
        .withMessageContaining(" is right");
  }
}
