package io.doppelfleet.launcher.config;

import static io.doppelfleet.launcher.config.Written.file;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is wrong with other proxies. */
class OutboundReaderTest {
  @Test
  void anUpstreamsPasswordIsInNoMessageAndOnNoCommandLine() {
    for (String url :
        new String[] {
          "socks5://u:hidden@far_example:1",
          "socks5://u:hidden@192.0.2.1",
          "ftp://u:hidden@192.0.2.1:1",
          "socks5://u:hidden@192.0.2.1:1?weight=0",
          "socks5://u:hid den@192.0.2.1:1",
          "http://:hidden@192.0.2.1:1"
        }) {
      assertThat(file("proxy: {upstreams: {a: '" + url + "'}}").mistakes())
          .singleElement()
          .asString()
          .doesNotContain("hid");
    }
    assertThat(
            file("")
                .and("doppelfleet.proxy.upstreams.a", "socks5://u:hidden@192.0.2.1:1")
                .mistakes())
        .containsExactly(
            "doppelfleet.proxy.upstreams.a: everybody on this machine sees a command line, and so the"
                + " password: write it in the file or in the environment");
  }
}
