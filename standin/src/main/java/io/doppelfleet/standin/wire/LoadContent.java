package io.doppelfleet.standin.wire;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

/**
 * The bytes that {@link LoadRequest.Operation#STREAM} sends, and that a load generator may send to
 * {@link LoadRequest.Operation#SINK}: a fixed pseudo-random block over and over, so that a gigabyte
 * costs neither memory nor time. Under obfuscated2 no repetition is seen, and bytes that were lost,
 * added or moved decrypt to garbage, which the checksum shows.
 */
public final class LoadContent {
  /** Bytes of the block that repeats. */
  public static final int BLOCK_LENGTH = 64 * 1024;

  private static final Map<Long, Integer> CHECKSUMS = new ConcurrentHashMap<>();

  private static final byte[] TWO_BLOCKS = twoBlocks();

  private LoadContent() {}

  private static byte[] twoBlocks() {
    byte[] blocks = new byte[2 * BLOCK_LENGTH];
    new SplittableRandom(0x646f7070656cL).nextBytes(blocks);
    System.arraycopy(blocks, 0, blocks, BLOCK_LENGTH, BLOCK_LENGTH);
    return blocks;
  }

  /**
   * Copies content.
   *
   * @param position where in the stream it begins, at least 0
   * @param length bytes, at most {@link #BLOCK_LENGTH}
   */
  public static void copy(long position, byte[] into, int offset, int length) {
    System.arraycopy(TWO_BLOCKS, (int) (position % BLOCK_LENGTH), into, offset, length);
  }

  /**
   * CRC-32C (RFC 3720) of the first {@code count} bytes of content: 0.1 s a gigabyte, for each
   * count once.
   */
  public static int crc32c(long count) {
    return CHECKSUMS.computeIfAbsent(count, LoadContent::computed);
  }

  private static int computed(long count) {
    CRC32C crc = new CRC32C();
    for (long left = count; left > 0; left -= BLOCK_LENGTH) {
      crc.update(TWO_BLOCKS, 0, (int) Math.min(left, BLOCK_LENGTH));
    }
    return (int) crc.getValue();
  }
}
