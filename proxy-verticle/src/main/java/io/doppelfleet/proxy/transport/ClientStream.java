package io.doppelfleet.proxy.transport;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The client's end of a stream that {@link Obfuscated2} opens, of padded intermediate frames. For
 * one thread.
 */
public final class ClientStream {
  /** The one tag that clients of a FakeTLS secret use. */
  private static final int PADDED_INTERMEDIATE = 0xdddddddd;

  private static final int KEY_LENGTH = 32;

  private final byte[] header;
  private final Cipher up;
  private final Cipher down;

  /**
   * One that nothing was sent in yet.
   *
   * @param secret the 16 key bytes that are mixed in
   * @param datacenter as the header is to have it: negative for media
   * @param random must be unpredictable
   */
  public ClientStream(byte[] secret, int datacenter, RandomGenerator random) {
    header = Obfuscated2.fresh(random);
    Obfuscated2.say(header, PADDED_INTERMEDIATE, datacenter);
    byte[] keys = Arrays.copyOfRange(header, Obfuscated2.KEYS_FROM, Obfuscated2.KEYS_TO);
    byte[] reversed = keys.clone();
    Obfuscated2.reverse(reversed);
    up = cipher(keys, secret);
    down = cipher(reversed, secret);
    byte[] sealed = header.clone();
    crypt(up, sealed, 0, sealed.length);
    System.arraycopy(
        sealed,
        Obfuscated2.KEYS_TO,
        header,
        Obfuscated2.KEYS_TO,
        header.length - Obfuscated2.KEYS_TO);
  }

  private static Cipher cipher(byte[] keys, byte[] secret) {
    try {
      Obfuscated2.clientKeys(keys, secret, MessageDigest.getInstance("SHA-256"));
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(keys, 0, KEY_LENGTH, "AES"),
          new IvParameterSpec(keys, KEY_LENGTH, keys.length - KEY_LENGTH));
      return cipher;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has them
    }
  }

  /** The 64 bytes that are sent first. */
  public byte[] header() {
    return header.clone();
  }

  /** Encrypts what is sent next, in place. */
  public void encrypt(byte[] bytes) {
    crypt(up, bytes, 0, bytes.length);
  }

  /** Decrypts what was received next, in place. */
  public void decrypt(byte[] bytes, int offset, int length) {
    crypt(down, bytes, offset, length);
  }

  private static void crypt(Cipher cipher, byte[] bytes, int offset, int length) {
    try {
      cipher.update(bytes, offset, length, bytes, offset);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // there is room
    }
  }
}
