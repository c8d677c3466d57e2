package io.doppelfleet.proxy.record;

import io.doppelfleet.proxy.leg.Buffers;
import io.doppelfleet.proxy.leg.Leg;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.random.RandomGenerator;

/**
 * Writes TLS 1.3 records (<a href="https://www.rfc-editor.org/rfc/rfc8446#section-5.1">RFC 8446,
 * 5.1</a>): type, {@code 03 03}, length, payload.
 */
public final class Records {
  /** Bytes of a record's header. */
  public static final int HEADER_LENGTH = 5;

  /** ContentType handshake. */
  public static final int HANDSHAKE = 0x16;

  /** ContentType change_cipher_spec. */
  public static final int CHANGE_CIPHER_SPEC = 0x14;

  /** ContentType application_data, which every encrypted record claims to be. */
  public static final int APPLICATION_DATA = 0x17;

  /**
   * The largest payload that we send: 16384 bytes, the inner type and the tag, as OpenSSL,
   * BoringSSL and Go fill their records, and as every client takes it.
   */
  public static final int LARGEST_PAYLOAD = 16_384 + 1 + 16;

  /** An alert's two bytes, the inner type and the tag. */
  private static final int ALERT_PAYLOAD = 2 + 1 + 16;

  private static final ByteBuf FULL_HEADER =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer(HEADER_LENGTH)
              .writeByte(APPLICATION_DATA)
              .writeShort(0x0303)
              .writeShort(LARGEST_PAYLOAD)
              .asReadOnly());

  private Records() {}

  /**
   * Writes all bytes as records and gives the buffer away.
   *
   * @param bytes readable ones go out; {@link #HEADER_LENGTH} bytes before them are free
   */
  public static void write(Leg leg, ByteBuf bytes) {
    int length = bytes.readableBytes();
    int first = Math.min(length, LARGEST_PAYLOAD);
    int start = bytes.readerIndex() - HEADER_LENGTH;
    bytes.setByte(start, APPLICATION_DATA).setShort(start + 1, 0x0303).setShort(start + 3, first);
    bytes.readerIndex(start);
    if (first == length) {
      leg.write(bytes);
      return;
    }
    leg.write(bytes.readRetainedSlice(HEADER_LENGTH + first));
    while (bytes.readableBytes() > LARGEST_PAYLOAD) {
      leg.write(FULL_HEADER.duplicate());
      leg.write(bytes.readRetainedSlice(LARGEST_PAYLOAD));
    }
    ByteBuf header = Buffers.POOLED.directBuffer(HEADER_LENGTH, HEADER_LENGTH);
    leg.write(
        header.writeByte(APPLICATION_DATA).writeShort(0x0303).writeShort(bytes.readableBytes()));
    leg.write(bytes);
  }

  /** A record of the size of an encrypted alert, with nothing in it that could be read. */
  public static ByteBuf alert(RandomGenerator random) {
    byte[] sealed = new byte[ALERT_PAYLOAD];
    random.nextBytes(sealed);
    return Buffers.POOLED
        .directBuffer(HEADER_LENGTH + ALERT_PAYLOAD)
        .writeByte(APPLICATION_DATA)
        .writeShort(0x0303)
        .writeShort(ALERT_PAYLOAD)
        .writeBytes(sealed);
  }
}
