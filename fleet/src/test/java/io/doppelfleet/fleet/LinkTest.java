package io.doppelfleet.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class LinkTest {
  private static final Secret SECRET = Secret.of(new byte[Secret.KEY_LENGTH], "a.bc");
  private static final String HEX = "ee" + "00".repeat(16) + "612e6263";

  @Test
  void carriesHostPortAndSecretInBothForms() {
    Link link = new Link(new HostPort("proxy.example.org", 443), SECRET);
    assertThat(link.tg()).isEqualTo("tg://proxy?server=proxy.example.org&port=443&secret=" + HEX);
    assertThat(link.https())
        .isEqualTo("https://t.me/proxy?server=proxy.example.org&port=443&secret=" + HEX);
  }

  @Test
  void escapesTheColonsOfIpv6() {
    Link link = new Link(new HostPort("2001:db8::1", 8443), SECRET);
    assertThat(link.tg()).isEqualTo("tg://proxy?server=2001%3Adb8%3A%3A1&port=8443&secret=" + HEX);
  }

  @Test
  void neverShowsItsSecretAsText() {
    assertThat(new Link(new HostPort("proxy.example.org", 443), SECRET).toString())
        .isEqualTo("Link[server=proxy.example.org:443, secret=Secret[host=a.bc]]");
  }

  @Test
  void refusesThePortThatMeansAnyFreeOne() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Link(new HostPort("proxy.example.org", 0), SECRET));
  }
}
