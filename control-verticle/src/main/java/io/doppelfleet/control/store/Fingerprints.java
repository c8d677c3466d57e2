package io.doppelfleet.control.store;

import io.doppelfleet.fleet.Secret;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What keys are known by after they are gone. Whoever sees a fingerprint can't tell whether a key
 * is the one: it is an HMAC-SHA256 whose key is sealed.
 */
final class Fingerprints {
  private static final String ALGORITHM = "HmacSHA256";

  private final Mac mac;

  /** With a key of 32 bytes. */
  Fingerprints(byte[] key) {
    try {
      mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /** Of a secret's key, whatever its host name: 64 hex digits. */
  String of(Secret secret) {
    return HexFormat.of().formatHex(mac.doFinal(secret.key()));
  }
}
