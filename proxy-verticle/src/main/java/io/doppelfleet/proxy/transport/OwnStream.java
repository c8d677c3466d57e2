package io.doppelfleet.proxy.transport;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A connection of our own to a data centre, as a client without a proxy opens it, in frames of
 * padded intermediate. To whoever watches it is one of a client's.
 */
public final class OwnStream {
  private static final int PADDED_INTERMEDIATE = 0xdddddddd;
  private static final int KEYS_AT = 8;
  private static final int KEY = 32;
  private static final int TAG_AT = 56;
  private static final int DATACENTER_AT = 60;

  private final byte[] header;
  private final Cipher up;
  private final Cipher down;

  private OwnStream(byte[] header, Cipher up, Cipher down) {
    this.header = header;
    this.up = up;
    this.down = down;
  }

  /**
   * One that nothing was said on.
   *
   * @param datacenter negative for a media cluster
   * @param random must be unpredictable
   */
  public static OwnStream open(int datacenter, RandomGenerator random) {
    byte[] plain = new byte[Obfuscated2.HEADER_LENGTH];
    do {
      random.nextBytes(plain);
    } while (Obfuscated2.reserved(plain));
    ByteBuffer.wrap(plain)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(TAG_AT, PADDED_INTERMEDIATE)
        .putShort(DATACENTER_AT, (short) datacenter);
    byte[] keys = new byte[Obfuscated2.KEYS_LENGTH];
    byte[] reversed = new byte[Obfuscated2.KEYS_LENGTH];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = plain[KEYS_AT + i];
      reversed[keys.length - 1 - i] = keys[i];
    }
    Cipher up = keyed(keys);
    byte[] sealed = up.update(plain);
    System.arraycopy(sealed, TAG_AT, plain, TAG_AT, plain.length - TAG_AT);
    return new OwnStream(plain, up, keyed(reversed));
  }

  private static Cipher keyed(byte[] keys) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(keys, 0, KEY, "AES"),
          new IvParameterSpec(keys, KEY, keys.length - KEY));
      return cipher;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /** What is sent first: the header, and then this. */
  public byte[] first(byte[] frame) {
    return ByteBuffer.allocate(header.length + frame.length)
        .put(header)
        .put(up.update(frame))
        .array();
  }

  /** What is sent after that. */
  public byte[] next(byte[] frame) {
    return up.update(frame);
  }

  /** What a data centre has said, in the order in which it came; one byte at least. */
  public byte[] heard(byte[] bytes) {
    return down.update(bytes);
  }
}
