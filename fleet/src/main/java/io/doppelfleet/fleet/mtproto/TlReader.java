package io.doppelfleet.fleet.mtproto;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads <a href="https://core.telegram.org/mtproto/serialize">TL</a> values one after the other.
 * Every read past the end throws {@link MalformedMessageException}.
 */
public final class TlReader {
  private final ByteBuffer in;

  /** From the first of them. */
  public TlReader(byte[] bytes) {
    this(ByteBuffer.wrap(bytes));
  }

  private TlReader(ByteBuffer in) {
    this.in = in.order(ByteOrder.LITTLE_ENDIAN);
  }

  /** TL's {@code int}. */
  public int int32() {
    return need(4).getInt();
  }

  /** TL's {@code long}. */
  public long int64() {
    return need(8).getLong();
  }

  /** So many bytes as they stand. */
  public byte[] raw(int length) {
    need(length);
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  /** The next so many bytes, apart. */
  public TlReader slice(int length) {
    need(length);
    TlReader slice = new TlReader(in.slice(in.position(), length));
    in.position(in.position() + length);
    return slice;
  }

  /** TL's {@code string} and {@code bytes}. */
  public byte[] bytes() {
    int length = need(1).get() & 0xff;
    int prefix = 1;
    if (length == 254) {
      length = need(3).getShort() & 0xffff;
      length |= (in.get() & 0xff) << 16;
      prefix = 4;
    } else if (length == 255) {
      throw new MalformedMessageException("a string begins with ff");
    }
    byte[] bytes = raw(length);
    int padding = -(prefix + length) & 3;
    need(padding);
    in.position(in.position() + padding);
    return bytes;
  }

  /** The same as UTF-8. */
  public String string() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  /** Bytes that were not read. */
  public int remaining() {
    return in.remaining();
  }

  private ByteBuffer need(int length) {
    if (length < 0 || in.remaining() < length) {
      throw new MalformedMessageException("it ends where " + length + " more bytes should be");
    }
    return in;
  }
}
