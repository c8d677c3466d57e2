package io.doppelfleet.control.access;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import io.doppelfleet.fleet.Octets;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Locale;
import javax.crypto.spec.SecretKeySpec;

/**
 * Codes of six digits, each of half a minute, as RFC 6238 and the apps of all telephones have them.
 */
final class Totp {
  /** What RFC 4226 recommends. */
  static final int SEED_LENGTH = 20;

  private static final long STEP_SECONDS = 30;

  /**
   * Steps before and after the present one whose codes are taken: clocks differ, and people type.
   */
  private static final int TOLERANCE = 1;

  private static final String BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private final TimeBasedOneTimePasswordGenerator codes = new TimeBasedOneTimePasswordGenerator();

  /**
   * The step whose code somebody says.
   *
   * @param after codes of this step and before aren't taken
   * @return 30 s since 1970; 0: it is none of now
   */
  long step(Octets seed, String code, Instant now, long after) {
    long present = now.getEpochSecond() / STEP_SECONDS;
    long found = 0;
    for (long step = present - TOLERANCE; step <= present + TOLERANCE; step++) {
      if (step > after && isEqual(code(seed, step), code)) {
        found = step;
      }
    }
    return found;
  }

  private String code(Octets seed, long step) {
    try {
      return codes.generateOneTimePasswordString(
          new SecretKeySpec(seed.bytes(), codes.getAlgorithm()),
          Instant.ofEpochSecond(step * STEP_SECONDS),
          Locale.ROOT);
    } catch (InvalidKeyException e) {
      throw new IllegalStateException(e); // any bytes are a key
    }
  }

  private static boolean isEqual(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  /** As people type it, where they can't scan it: RFC 4648, without padding. */
  static String base32(Octets seed) {
    StringBuilder text = new StringBuilder();
    int bits = 0;
    int count = 0;
    for (byte each : seed.bytes()) {
      bits = ((bits << 8) | (each & 0xff)) & 0xfff; // of before four at most are left
      for (count += 8; count >= 5; count -= 5) {
        text.append(BASE_32.charAt((bits >> (count - 5)) & 31));
      }
    }
    return count == 0
        ? text.toString()
        : text.append(BASE_32.charAt((bits << (5 - count)) & 31)).toString();
  }

  /** What a QR code has for apps. */
  static String uri(String account, Octets seed) {
    return "otpauth://totp/Doppelfleet:"
        + account
        + "?secret="
        + base32(seed)
        + "&issuer=Doppelfleet";
  }
}
