package io.doppelfleet.proxy.record;

import io.doppelfleet.proxy.leg.Buffers;
import io.netty.buffer.ByteBuf;
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

  /** ContentType alert, of one that is not encrypted. */
  public static final int ALERT = 0x15;

  /** ContentType application_data, which every encrypted record claims to be. */
  public static final int APPLICATION_DATA = 0x17;

  /**
   * The largest payload that we send: 16384 bytes, the inner type and the tag, as OpenSSL,
   * BoringSSL and Go fill their records, and as every client takes it.
   */
  public static final int LARGEST_PAYLOAD = 16_384 + 1 + 16;

  /** An alert's two bytes, the inner type and the tag. */
  public static final int ALERT_PAYLOAD = 2 + 1 + 16;

  private Records() {}

  /**
   * Writes the header of an application data record.
   *
   * @param payload bytes that follow it
   * @return where in the target it begins
   */
  public static int writeHeader(ByteBuf target, int payload) {
    int start = target.writerIndex();
    target.writeByte(APPLICATION_DATA).writeShort(0x0303).writeShort(payload);
    return start;
  }

  /**
   * Writes the same before what is there already.
   *
   * @param payload where it begins, with room for a header before it
   */
  public static void setHeader(ByteBuf target, int payload, int length) {
    int start = payload - HEADER_LENGTH;
    target.setByte(start, APPLICATION_DATA);
    target.setShort(start + 1, 0x0303);
    target.setShort(start + 3, length);
  }

  /** A record of the size of an encrypted alert, with nothing in it that could be read. */
  public static ByteBuf alert(RandomGenerator random) {
    byte[] sealed = new byte[ALERT_PAYLOAD];
    random.nextBytes(sealed);
    ByteBuf record = Buffers.POOLED.directBuffer(HEADER_LENGTH + ALERT_PAYLOAD);
    writeHeader(record, ALERT_PAYLOAD);
    return record.writeBytes(sealed);
  }
}
