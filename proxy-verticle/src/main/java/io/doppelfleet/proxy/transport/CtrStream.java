package io.doppelfleet.proxy.transport;

import java.util.Arrays;

/**
 * Where one AES-256-CTR stream stands: key, first counter block and position. It is 100 bytes where
 * a {@code Cipher} is a thousand, so a connection keeps this and borrows its loop's {@link
 * LoopCipher}.
 */
public final class CtrStream {
  private static final int BLOCK = 16;

  private final byte[] key;
  private final byte[] counter;
  private long position;

  /**
   * A stream at its start.
   *
   * @param key 32 bytes
   * @param counter the 16 bytes of the first counter block
   */
  public CtrStream(byte[] key, byte[] counter) {
    this.key = key.clone();
    this.counter = counter.clone();
  }

  byte[] key() {
    return key;
  }

  /** The counter block that the next byte's key stream comes from: big-endian first plus blocks. */
  byte[] block() {
    byte[] block = Arrays.copyOf(counter, BLOCK);
    long carry = position / BLOCK;
    for (int i = BLOCK - 1; i >= 0 && carry != 0; i--) {
      carry += block[i] & 0xff;
      block[i] = (byte) carry;
      carry >>>= 8;
    }
    return block;
  }

  /** Bytes of that block which are used up. */
  int used() {
    return (int) (position % BLOCK);
  }

  void advance(int bytes) {
    position += bytes;
  }
}
