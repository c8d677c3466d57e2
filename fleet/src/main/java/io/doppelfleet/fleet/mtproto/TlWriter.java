package io.doppelfleet.fleet.mtproto;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes <a href="https://core.telegram.org/mtproto/serialize">TL</a> values. */
public final class TlWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

  /** TL's {@code int}. */
  public TlWriter int32(int value) {
    for (int shift = 0; shift < 32; shift += 8) {
      out.write(value >>> shift);
    }
    return this;
  }

  /** TL's {@code long}. */
  public TlWriter int64(long value) {
    return int32((int) value).int32((int) (value >>> 32));
  }

  /** As they stand. */
  public TlWriter raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  /** TL's {@code string} and {@code bytes}. */
  public TlWriter bytes(byte[] bytes) {
    int prefix = 1;
    if (bytes.length < 254) {
      out.write(bytes.length);
    } else {
      out.write(254);
      out.write(bytes.length);
      out.write(bytes.length >>> 8);
      out.write(bytes.length >>> 16);
      prefix = 4;
    }
    out.writeBytes(bytes);
    for (int padding = -(prefix + bytes.length) & 3; padding > 0; padding--) {
      out.write(0);
    }
    return this;
  }

  /** The same of UTF-8. */
  public TlWriter string(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** All that was written. */
  public byte[] toByteArray() {
    return out.toByteArray();
  }
}
