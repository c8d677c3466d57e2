package io.doppelfleet.proxy.hello;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * HMAC-SHA256 (<a href="https://www.rfc-editor.org/rfc/rfc2104">RFC 2104</a>) with one message and
 * many keys, without garbage: the message lies behind the room for the padded key, so that a trial
 * is two calls of the digest. For one thread.
 */
public final class HelloDigest {
  /** Bytes of a digest. */
  public static final int LENGTH = 32;

  /** What the bytes of the key are combined with in the inner digest, and in the outer one. */
  static final byte INNER = 0x36;

  static final byte OUTER = 0x5c;

  private static final int BLOCK = Sha256.BLOCK;
  private static final int DIGEST_BYTES = 28;

  private final MessageDigest sha256;
  private final byte[] outer = new byte[BLOCK + LENGTH];
  private byte[] inner = new byte[BLOCK + 2048];
  private int messageLength;

  /** Of the JDK's provider. */
  public HelloDigest() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  /** Sets the message of the digests to come, in parts that are joined. */
  public void message(byte[]... parts) {
    messageLength = 0;
    for (byte[] part : parts) {
      int end = BLOCK + messageLength + part.length;
      if (end > inner.length) {
        inner = Arrays.copyOf(inner, end);
      }
      System.arraycopy(part, 0, inner, BLOCK + messageLength, part.length);
      messageLength += part.length;
    }
  }

  /** The message's digest under a key of at most 64 bytes. */
  public byte[] under(byte[] key) {
    compute(key);
    return Arrays.copyOfRange(outer, BLOCK, BLOCK + LENGTH);
  }

  /**
   * Whether the key made the hello whose signed bytes are the message; takes the same time
   * whichever byte differs.
   */
  public boolean matches(byte[] key, ClientHello hello) {
    compute(key);
    int difference = 0;
    for (int i = 0; i < DIGEST_BYTES; i++) {
      difference |= outer[BLOCK + i] ^ hello.randomByte(i);
    }
    return difference == 0;
  }

  /**
   * After a match: seconds since 1970, unsigned 32 bits, that the client stamped the hello with.
   */
  public long time(ClientHello hello) {
    long time = 0;
    for (int i = LENGTH - 1; i >= DIGEST_BYTES; i--) {
      time = time << 8 | ((outer[BLOCK + i] ^ hello.randomByte(i)) & 0xff);
    }
    return time;
  }

  private void compute(byte[] key) {
    pad(inner, key, INNER);
    pad(outer, key, OUTER);
    try {
      sha256.update(inner, 0, BLOCK + messageLength);
      sha256.digest(outer, BLOCK, LENGTH);
      sha256.update(outer, 0, BLOCK + LENGTH);
      sha256.digest(outer, BLOCK, LENGTH);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static void pad(byte[] block, byte[] key, byte with) {
    Arrays.fill(block, key.length, BLOCK, with);
    for (int i = 0; i < key.length; i++) {
      block[i] = (byte) (key[i] ^ with);
    }
  }
}
