package io.doppelfleet.proxy.transport;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A client that has sent its header, and the data centre that the node opens a leg to for it. */
public final class TestClient {
  /** The tag of padded intermediate. */
  static final int TAG = 0xdddddddd;

  private final byte[] secret = new byte[16];
  private final byte[] header = new byte[64];
  private final Cipher upload;
  private final Cipher download;

  private TestClient(Random random, int carries) throws GeneralSecurityException {
    random.nextBytes(secret);
    random.nextBytes(header);
    Arrays.fill(header, 56 - carries, 56, (byte) -1);
    upload = cipher(mixed(Arrays.copyOfRange(header, 8, 40)), Arrays.copyOfRange(header, 40, 56));
    byte[] back = reversed(Arrays.copyOfRange(header, 8, 56));
    download = cipher(mixed(Arrays.copyOf(back, 32)), Arrays.copyOfRange(back, 32, 48));
    ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putInt(56, TAG).putShort(60, (short) -3);
    System.arraycopy(upload.update(header), 56, header, 56, 8);
  }

  /** With whatever keys. */
  public static TestClient random(Random random) {
    return carrying(random, 0);
  }

  /**
   * The same.
   *
   * @param bytes of its counter that the next block carries over, up to 16
   */
  static TestClient carrying(Random random, int bytes) {
    try {
      return new TestClient(random, bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As it came. */
  byte[] header() {
    return header.clone();
  }

  /** The key bytes of its secret, which whoever keeps a stream of its keeps too. */
  public byte[] secret() {
    return secret;
  }

  /** What the node makes of its header. */
  public Obfuscated2 opened() {
    return Objects.requireNonNull(Obfuscated2.open(header, secret, new LoopCiphers()));
  }

  /** Its next bytes. */
  public byte[] sends(byte[] bytes) {
    return upload.update(bytes);
  }

  /** What it makes of the next bytes from the data centre. */
  byte[] receives(byte[] bytes) {
    return download.update(bytes);
  }

  /** Reads what a data centre is sent, the header first, by a rule of its own. */
  public static Cipher datacenter(byte[] header) {
    try {
      return cipher(Arrays.copyOfRange(header, 8, 40), Arrays.copyOfRange(header, 40, 56));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static Cipher cipher(byte[] key, byte[] counter) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(counter));
    return cipher;
  }

  static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[bytes.length - 1 - i] = bytes[i];
    }
    return reversed;
  }

  private byte[] mixed(byte[] key) throws GeneralSecurityException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(key);
    return digest.digest(secret);
  }
}
