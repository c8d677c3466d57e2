package io.doppelfleet.proxy.welcome;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Stands for what a server encrypts: zeros under AES-256-CTR, as a record of AES-GCM is, with a key
 * made for them and thrown away. The system's generator takes 15 µs for the same 3,000 bytes, under
 * a lock that all loops share; this takes one. For one thread.
 */
final class SealedBytes {
  private static final int KEY_LENGTH = 32;
  private static final int BLOCK = 16;

  private final SecureRandom random;
  private final Cipher cipher;
  private final byte[] key = new byte[KEY_LENGTH];

  SealedBytes(SecureRandom random) {
    this.random = random;
    try {
      cipher = Cipher.getInstance("AES/CTR/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no AES/CTR", e);
    }
  }

  /** Seals what lies there, which is zeros. */
  void seal(byte[] bytes, int from, int length) {
    random.nextBytes(key);
    try {
      cipher.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[BLOCK]));
      cipher.update(bytes, from, length, bytes, from);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
