package io.doppelfleet.proxy.hello;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A length that points outside of what it stands in is no hello's, also where bytes follow. */
final class ClientHelloTest {
  /** Something that may follow: an unknown extension. */
  private static final String MORE = "7777 0010 00000000000000000000000000000000";

  @Test
  void whatFitsIsRead() throws Exception {
    ClientHello hello =
        hello(
            "0000 0009 0007 00 0004 542e4d45"
                + "002b 0003 02 0304"
                + "0033 0009 0007 001d 0003 010203"
                + MORE);
    assertThat(hello.serverName()).isEqualTo("t.me");
    assertThat(hello.offersTls13()).isTrue();
    assertThat(hello.share(ClientHello.X25519)).containsExactly(1, 2, 3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "002b 0003 04 0304", // versions than the extension
        "0000 0009 0009 00 0004 542e4d45", // names than the extension
        "0000 0009 0007 00 0006 542e4d45", // a name than the names
        "0033 0009 0009 001d 0003 010203", // shares than the extension
        "0033 0009 0007 001d 0005 010203", // a share than the shares
      })
  void whatIsLongerThanWhereItStandsIsMalformed(String extension) {
    assertThatExceptionOfType(MalformedHelloException.class)
        .isThrownBy(() -> hello(extension + MORE));
  }

  @Test
  void anExtensionThatIsLongerThanAllIsMalformed() {
    assertThatExceptionOfType(MalformedHelloException.class)
        .isThrownBy(() -> hello(MORE + "002b 0005 02 0304"));
  }

  private static ClientHello hello(String extensions) throws MalformedHelloException {
    return HelloMouldFuzzTest.hello(HexFormat.of().parseHex(extensions.replace(" ", "")));
  }
}
