package io.doppelfleet.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  @Test
  void bothFormsAreReadAgain() {
    Link link = new Link(new HostPort("2001:db8::1", 8443), SECRET);
    assertThat(Link.parse(link.tg())).isEqualTo(link);
    assertThat(Link.parse(link.https())).isEqualTo(link);
    assertThat(
            Link.parse("tg://proxy?secret=" + SECRET.toBase64() + "&port=8443&server=2001:db8::1"))
        .isEqualTo(link);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "https://example.org/proxy?server=h&port=1&secret=",
        "tg://proxy?port=1&secret=",
        "tg://proxy?server=h&port=x&secret=",
        "tg://proxy?server=h&port=0&secret=",
        "tg://proxy?server=h&port=1&secret=0"
      })
  void whatIsNoLinkIsRefusedWithoutItsSecret(String begin) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Link.parse(begin + HEX))
        .withMessageNotContaining(HEX);
  }
}
