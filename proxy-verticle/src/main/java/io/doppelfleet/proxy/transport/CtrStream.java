package io.doppelfleet.proxy.transport;

import java.nio.ByteBuffer;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Where one AES-256-CTR stream stands: its key, the counter and how far into that block it is. It
 * is 64 bytes where a {@code Cipher} is a thousand, so a connection keeps this and borrows a cipher
 * of its loop's {@link LoopCipher}. Numbers and no array, which would be an object more.
 */
public final class CtrStream {
  private static final int KEY = 32;
  private static final int BLOCK = 16;

  private final long key0;
  private final long key1;
  private final long key2;
  private final long key3;

  /** The counter block that the next byte's key stream comes from, big-endian: its upper half. */
  private long high;

  private long low;

  /** Bytes of that block which are used up. */
  private byte used;

  private byte place;

  /**
   * A stream at its start.
   *
   * @param key 32 bytes
   * @param counter the 16 bytes of the first counter block
   */
  public CtrStream(byte[] key, byte[] counter) {
    ByteBuffer bytes = ByteBuffer.allocate(KEY + BLOCK).put(key).put(counter).flip();
    key0 = bytes.getLong();
    key1 = bytes.getLong();
    key2 = bytes.getLong();
    key3 = bytes.getLong();
    high = bytes.getLong();
    low = bytes.getLong();
  }

  SecretKeySpec key() {
    ByteBuffer bytes = ByteBuffer.allocate(KEY);
    bytes.putLong(key0).putLong(key1).putLong(key2).putLong(key3);
    return new SecretKeySpec(bytes.array(), "AES");
  }

  /** The counter block that the next byte's key stream comes from. */
  IvParameterSpec block() {
    return new IvParameterSpec(ByteBuffer.allocate(BLOCK).putLong(high).putLong(low).array());
  }

  /** Bytes of that block which are used up. */
  int used() {
    return used;
  }

  void advance(int bytes) {
    int position = used + bytes;
    used = (byte) (position % BLOCK);
    long before = low;
    low += position / BLOCK;
    if (Long.compareUnsigned(low, before) < 0) {
      high++;
    }
  }

  /** Where its cipher is, if it has one. */
  int place() {
    return Byte.toUnsignedInt(place);
  }

  /**
   * Remembers where its cipher is.
   *
   * @param place 0 to 255
   */
  void place(int place) {
    this.place = (byte) place;
  }
}
