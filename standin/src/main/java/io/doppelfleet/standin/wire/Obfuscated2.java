package io.doppelfleet.standin.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One end of an obfuscated2 stream, see <a
 * href="https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation">Transport
 * obfuscation</a>. Not thread-safe.
 */
public final class Obfuscated2 {
  /** Bytes of the header that opens a stream. */
  public static final int HEADER_LENGTH = 64;

  /** Padded intermediate, the only tag that FakeTLS clients use. */
  public static final int PADDED_INTERMEDIATE = 0xdddddddd;

  /** Intermediate. */
  public static final int INTERMEDIATE = 0xeeeeeeee;

  /** Abridged. */
  public static final int ABRIDGED = 0xefefefef;

  private final int tag;
  private final int datacenter;
  private final byte[] header;
  private final Cipher in;
  private final Cipher out;

  private Obfuscated2(int tag, int datacenter, byte[] header, Cipher in, Cipher out) {
    this.header = header;
    this.tag = tag;
    this.datacenter = datacenter;
    this.in = in;
    this.out = out;
  }

  /**
   * Opens a stream as a client does.
   *
   * @param key the secret's 16 bytes, or none where no proxy is between
   * @param datacenter as it stands in the header; negative for media
   */
  public static Obfuscated2 open(byte[] key, int tag, int datacenter, RandomGenerator random) {
    byte[] header = new byte[HEADER_LENGTH];
    do {
      random.nextBytes(header);
    } while (reserved(header));
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    fields.putInt(56, tag).putShort(60, (short) datacenter);
    byte[] reversed = reversed(header);
    Cipher out = cipher(Arrays.copyOfRange(header, 8, 40), key, Arrays.copyOfRange(header, 40, 56));
    Cipher in =
        cipher(Arrays.copyOfRange(reversed, 0, 32), key, Arrays.copyOfRange(reversed, 32, 48));
    byte[] sent = header.clone();
    byte[] sealed = apply(out, header.clone());
    System.arraycopy(sealed, 56, sent, 56, 8);
    return new Obfuscated2(tag, datacenter, sent, in, out);
  }

  /** The other end: what the first 64 bytes of a client say. The tag is not checked. */
  public static Obfuscated2 accept(byte[] key, byte[] header) {
    byte[] reversed = reversed(header);
    Cipher in = cipher(Arrays.copyOfRange(header, 8, 40), key, Arrays.copyOfRange(header, 40, 56));
    Cipher out =
        cipher(Arrays.copyOfRange(reversed, 0, 32), key, Arrays.copyOfRange(reversed, 32, 48));
    ByteBuffer plain = ByteBuffer.wrap(apply(in, header.clone())).order(ByteOrder.LITTLE_ENDIAN);
    return new Obfuscated2(plain.getInt(56), plain.getShort(60), header.clone(), in, out);
  }

  /** Four equal bytes that say how messages are framed. */
  public int tag() {
    return tag;
  }

  /** A copy of the 64 bytes that opened the stream, as they crossed the wire. */
  public byte[] header() {
    return header.clone();
  }

  /** As in the header: negative for media. */
  public int datacenter() {
    return datacenter;
  }

  /** Encrypts what is sent, in place. */
  public void encrypt(byte[] bytes, int offset, int length) {
    apply(out, bytes, offset, length);
  }

  /** Decrypts what was received, in place. */
  public void decrypt(byte[] bytes, int offset, int length) {
    apply(in, bytes, offset, length);
  }

  private static boolean reserved(byte[] header) {
    int first = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt();
    int second = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
    return header[0] == (byte) 0xef
        || second == 0
        || switch (first) {
          case 0x44414548, 0x54534f50, 0x20544547, 0x4954504f, 0x02010316, 0xdddddddd, 0xeeeeeeee ->
              true;
          default -> false;
        };
  }

  /** Bytes 8..56, last first. */
  private static byte[] reversed(byte[] header) {
    byte[] reversed = new byte[48];
    for (int i = 0; i < 48; i++) {
      reversed[i] = header[55 - i];
    }
    return reversed;
  }

  private static Cipher cipher(byte[] key, byte[] secret, byte[] iv) {
    try {
      byte[] mixed = key;
      if (secret.length > 0) {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update(key);
        mixed = sha256.digest(secret);
      }
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(mixed, "AES"), new IvParameterSpec(iv));
      return cipher;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] apply(Cipher cipher, byte[] bytes) {
    apply(cipher, bytes, 0, bytes.length);
    return bytes;
  }

  private static void apply(Cipher cipher, byte[] bytes, int offset, int length) {
    try {
      cipher.update(bytes, offset, length, bytes, offset);
    } catch (ShortBufferException e) {
      throw new IllegalStateException(e);
    }
  }
}
