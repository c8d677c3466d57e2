package io.doppelfleet.proxy.welcome;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Stands for what a server encrypts: zeros under AES-256-CTR, as a record of AES-GCM is. A key made
 * for it does for a mebibyte, and is thrown away. The system's generator takes 15 µs for 3,000
 * bytes, under a lock that all loops share; this takes one. For one thread.
 */
final class SealedBytes {
  private static final int KEY_LENGTH = 32;
  private static final int BLOCK = 16;
  private static final int MOST_OF_A_KEY = 1 << 20;

  private final SecureRandom random;
  private final Cipher cipher;

  /** Apart from where they go to: the cipher copies what it would overwrite. */
  private final byte[] zeros;

  /** Bytes that the present key may still seal. */
  private int left;

  /**
   * With nothing sealed.
   *
   * @param longest the most bytes at once
   */
  SealedBytes(SecureRandom random, int longest) {
    this.random = random;
    this.zeros = new byte[longest];
    try {
      cipher = Cipher.getInstance("AES/CTR/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no AES/CTR", e);
    }
  }

  /** Writes so many. */
  void put(byte[] to, int at, int length) {
    try {
      if (left < length) {
        byte[] key = new byte[KEY_LENGTH];
        random.nextBytes(key);
        cipher.init(
            Cipher.ENCRYPT_MODE,
            new SecretKeySpec(key, "AES"),
            new IvParameterSpec(new byte[BLOCK]));
        left = MOST_OF_A_KEY;
      }
      cipher.update(zeros, 0, length, to, at);
      left -= length;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
