package io.doppelfleet.fleet.seal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key that seals values with AES-256-GCM. It never shows itself in {@link #toString}.
 *
 * <p>A sealed value, format 1, is the byte 1, the key's id (8 bytes), a random nonce (12 bytes),
 * and the ciphertext with its tag (16 bytes). With random nonces one key is good for 2^32 values
 * (NIST SP 800-38D, 8.3).
 */
public final class SealKey {
  /** Bytes of a key. */
  public static final int LENGTH = 32;

  private static final byte FORMAT = 1;
  private static final int ID_LENGTH = 8;
  private static final int NONCE_LENGTH = 12;
  private static final int TAG_LENGTH = 16;
  private static final int HEAD_LENGTH = 1 + ID_LENGTH + NONCE_LENGTH;

  private final byte[] bytes;
  private final byte[] id;

  /** Takes a copy of 32 bytes. */
  public SealKey(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException(bytes.length + " bytes where " + LENGTH + " are right");
    }
    this.bytes = bytes.clone();
    this.id = idOf(bytes);
  }

  private static byte[] idOf(byte[] bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update("doppelfleet fleet key".getBytes(StandardCharsets.US_ASCII));
      return Arrays.copyOf(digest.digest(bytes), ID_LENGTH);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /** What tells it from other keys, and tells nothing of it: 16 hex digits. */
  public String id() {
    return HexFormat.of().formatHex(id);
  }

  /** A copy of its 32 bytes, for the file that keeps them. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Whether this key sealed it. */
  public boolean sealed(byte[] sealed) {
    return Arrays.equals(id, 0, ID_LENGTH, sealed, 1, 1 + ID_LENGTH);
  }

  /**
   * The id of the key that sealed a value.
   *
   * @throws SealException where it is no sealed value, or one of a newer format
   */
  public static String keyOf(byte[] sealed) throws SealException {
    if (sealed.length < HEAD_LENGTH + TAG_LENGTH) {
      throw new SealException("a sealed value is cut: it has " + sealed.length + " bytes");
    }
    if (sealed[0] != FORMAT) {
      throw new SealException(
          "a sealed value is of format " + sealed[0] + ": this version reads " + FORMAT);
    }
    return HexFormat.of().formatHex(sealed, 1, 1 + ID_LENGTH);
  }

  /**
   * Seals a value.
   *
   * @param about what the value belongs to; it can be opened as nothing else
   * @param random must be unpredictable
   */
  public byte[] seal(byte[] plain, String about, SecureRandom random) {
    byte[] nonce = new byte[NONCE_LENGTH];
    random.nextBytes(nonce);
    ByteBuffer sealed = ByteBuffer.allocate(HEAD_LENGTH + plain.length + TAG_LENGTH);
    sealed.put(FORMAT).put(id).put(nonce);
    try {
      cipher(Cipher.ENCRYPT_MODE, nonce, about).doFinal(ByteBuffer.wrap(plain), sealed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it, and the buffer is long enough
    }
    return sealed.array();
  }

  /**
   * The value that {@link #seal} sealed with this key.
   *
   * @throws SealException where it was changed, or belongs to something else
   */
  public byte[] open(byte[] sealed, String about) throws SealException {
    byte[] nonce = Arrays.copyOfRange(sealed, 1 + ID_LENGTH, HEAD_LENGTH);
    try {
      return cipher(Cipher.DECRYPT_MODE, nonce, about)
          .doFinal(sealed, HEAD_LENGTH, sealed.length - HEAD_LENGTH);
    } catch (AEADBadTagException e) {
      throw new SealException("the sealed value of \"" + about + "\" was changed");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String about) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(bytes, "AES"), new GCMParameterSpec(TAG_LENGTH * 8, nonce));
    cipher.updateAAD(about.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  /** Shows its id only. */
  @Override
  public String toString() {
    return "SealKey[id=" + id() + "]";
  }
}
