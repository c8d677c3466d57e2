package io.doppelfleet.proxy.transport;

import java.util.Arrays;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Where one AES-256-CTR stream stands: key, first counter block and position. It is 88 bytes where
 * a {@code Cipher} is a thousand, so a connection keeps this and borrows a cipher of its loop's
 * {@link LoopCipher}.
 */
public final class CtrStream {
  private static final int KEY = 32;
  private static final int BLOCK = 16;

  /** The key, then the counter. */
  private final byte[] start;

  private int place;
  private long position;

  /**
   * A stream at its start.
   *
   * @param key 32 bytes
   * @param counter the 16 bytes of the first counter block
   */
  public CtrStream(byte[] key, byte[] counter) {
    this.start = Arrays.copyOf(key, KEY + BLOCK);
    System.arraycopy(counter, 0, start, KEY, BLOCK);
  }

  SecretKeySpec key() {
    return new SecretKeySpec(start, 0, KEY, "AES");
  }

  /** The counter block that the next byte's key stream comes from: big-endian first plus blocks. */
  IvParameterSpec block() {
    byte[] block = Arrays.copyOfRange(start, KEY, KEY + BLOCK);
    long carry = position / BLOCK;
    for (int i = BLOCK - 1; i >= 0 && carry != 0; i--) {
      carry += block[i] & 0xff;
      block[i] = (byte) carry;
      carry >>>= 8;
    }
    return new IvParameterSpec(block);
  }

  /** Bytes of that block which are used up. */
  int used() {
    return (int) (position % BLOCK);
  }

  void advance(int bytes) {
    position += bytes;
  }

  /** Where its cipher is, if it has one. */
  int place() {
    return place;
  }

  void place(int place) {
    this.place = place;
  }
}
