package io.doppelfleet.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Octets;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Codes as other programs make them. */
final class TotpTest {
  /** Of RFC 6238's appendix B. */
  private static final Octets SEED =
      Octets.of("12345678901234567890".getBytes(StandardCharsets.US_ASCII));

  private final Totp totp = new Totp();

  @ParameterizedTest
  @CsvSource({
    "59, 287082",
    "1111111109, 081804",
    "1111111111, 050471",
    "1234567890, 005924",
    "2000000000, 279037",
    "20000000000, 353130"
  })
  void codesAreThoseOfTheRfcsVectors(long at, String code) {
    assertThat(totp.step(SEED, code, Instant.ofEpochSecond(at), 0)).isEqualTo(at / 30);
  }

  @Test
  void aCodeIsTakenAStepBeforeAndAfterAndNoLonger() {
    for (long at : new long[] {30, 45, 89, 119}) {
      boolean near = at < 90 + 30;
      assertThat(totp.step(SEED, "287082", Instant.ofEpochSecond(at), 0) == 1)
          .as("at %s", at)
          .isEqualTo(at / 30 <= 2 && near);
    }
  }

  @Test
  void noCodeOfAStepThatWasTakenIsTaken() {
    Instant now = Instant.ofEpochSecond(1111111109);
    long step = totp.step(SEED, "081804", now, 0);
    assertThat(totp.step(SEED, "081804", now, step - 1)).isEqualTo(step);
    assertThat(totp.step(SEED, "081804", now, step)).isZero();
    assertThat(totp.step(SEED, "", now, 0)).isZero();
  }

  @Test
  void seedsAreWrittenAsAppsReadThem() {
    assertThat(Totp.base32(Octets.of("foobar".getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo("MZXW6YTBOI"); // of RFC 4648, without its padding
    assertThat(Totp.uri("anna", SEED))
        .isEqualTo(
            "otpauth://totp/Doppelfleet:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=Doppelfleet");
  }
}
