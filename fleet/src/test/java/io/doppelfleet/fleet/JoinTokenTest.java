package io.doppelfleet.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JoinTokenTest {
  private static final byte[] CERTIFICATE = {1, 2, 3};
  private static final JoinToken TOKEN =
      new JoinToken(
          JoinToken.sha256(CERTIFICATE),
          new byte[JoinToken.SECRET_LENGTH],
          new HostPort("control.example.org", 8443));

  /** A later version must read this. */
  private static final String TEXT =
      "node1.A5BYxvLAy0ksUzsKTRTvd8wPeKvMztUofYShogEc-4EAAAAAAAAAAAAAAAAAAAAAY29udHJvbC5leGFt"
          + "cGxlLm9yZzo4NDQzUX9bAA";

  @Test
  void isReadAsItWasWritten() {
    assertThat(TOKEN.toText()).isEqualTo(TEXT);
    JoinToken read = JoinToken.parse(TEXT);
    assertThat(read.control()).isEqualTo(new HostPort("control.example.org", 8443));
    assertThat(read.secret()).isEqualTo(TOKEN.secret());
    assertThat(read.isAuthority(CERTIFICATE)).isTrue();
    assertThat(read.isAuthority(new byte[] {1, 2, 4})).isFalse();
    assertThat(read.toText()).isEqualTo(TOKEN.toText());
  }

  @Property(tries = 300)
  void oneWithALetterChangedOrCutIsRefusedAndNotRepeated(
      @ForAll @IntRange(min = 0, max = 200) int place, @ForAll char other) {
    String text = TOKEN.toText();
    int at = place % text.length();
    String changed = text.substring(0, at) + other + text.substring(at + 1);
    for (String each : new String[] {changed, text.substring(0, at), text + other}) {
      if (!each.equals(text)) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> JoinToken.parse(each))
            .satisfies(e -> assertThat(e.getMessage()).doesNotContain(TEXT.substring(6, 16)));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|that is no token: one begins with node1.",
        "node2.abc|the token is of a newer version: run that version here",
        "node1.abc|the token was cut or mistyped: copy all of it, from node1. on",
        "node1.%|the token was cut or mistyped: copy all of it, from node1. on",
      })
  void whatIsNoTokenIsSaid(String text, String error) {
    assertThatIllegalArgumentException().isThrownBy(() -> JoinToken.parse(text)).withMessage(error);
  }

  @Test
  void neverShowsItsSecretAsText() {
    assertThat(TOKEN.toString()).isEqualTo("JoinToken[control=control.example.org:8443]");
  }
}
