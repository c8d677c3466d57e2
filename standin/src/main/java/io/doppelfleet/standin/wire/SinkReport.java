package io.doppelfleet.standin.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the stand-in data centre received after {@link LoadRequest.Operation#SINK}. 16 bytes,
 * little-endian: {@code magic(4) crc32c(4) count(8)}.
 *
 * @param crc32c CRC-32C (RFC 3720) of the bytes
 * @param count how many
 */
public record SinkReport(int crc32c, long count) {
  /** Bytes of a report. */
  public static final int LENGTH = 16;

  /** The {@link #LENGTH} bytes that {@link #decode} reads. */
  public byte[] encode() {
    return ByteBuffer.allocate(LENGTH)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(LoadRequest.MAGIC)
        .putInt(crc32c)
        .putLong(count)
        .array();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException that says what is wrong
   */
  public static SinkReport decode(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException(
          "a sink's report has " + LENGTH + " bytes, this has " + bytes.length);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getInt() != LoadRequest.MAGIC) {
      throw new IllegalArgumentException("this is no sink's report: its magic number is another");
    }
    return new SinkReport(in.getInt(), in.getLong());
  }
}
