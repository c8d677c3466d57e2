package io.doppelfleet.standin.client;

import java.io.ByteArrayOutputStream;

/** Writes TLS's big-endian numbers. */
final class ByteSink {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  ByteSink u8(int value) {
    out.write(value);
    return this;
  }

  ByteSink u16(int value) {
    return u8(value >> 8).u8(value);
  }

  ByteSink u24(int value) {
    return u8(value >> 16).u16(value);
  }

  ByteSink bytes(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  int size() {
    return out.size();
  }

  byte[] toBytes() {
    return out.toByteArray();
  }
}
