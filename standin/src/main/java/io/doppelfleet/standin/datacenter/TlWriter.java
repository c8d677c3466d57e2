package io.doppelfleet.standin.datacenter;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes <a href="https://core.telegram.org/mtproto/serialize">TL</a> values. */
final class TlWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

  TlWriter int32(int value) {
    for (int shift = 0; shift < 32; shift += 8) {
      out.write(value >>> shift);
    }
    return this;
  }

  TlWriter int64(long value) {
    return int32((int) value).int32((int) (value >>> 32));
  }

  /** As they stand. */
  TlWriter raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  /** TL's {@code string} and {@code bytes}. */
  TlWriter bytes(byte[] bytes) {
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

  TlWriter string(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  byte[] toByteArray() {
    return out.toByteArray();
  }
}
