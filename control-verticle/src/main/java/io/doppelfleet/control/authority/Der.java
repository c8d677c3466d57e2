package io.doppelfleet.control.authority;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** As much of DER (ITU-T X.690) as a certificate takes. */
final class Der {
  private static final int BOOLEAN = 0x01;
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int OID = 0x06;
  private static final int UTF8_STRING = 0x0c;
  private static final int UTC_TIME = 0x17;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int EXPLICIT = 0xa0;

  /** Times from this year on have four digits of the year (RFC 5280, 4.1.2.5). */
  private static final int FOUR_DIGITS = 2050;

  private Der() {}

  static byte[] sequence(byte[]... parts) {
    return tagged(SEQUENCE, parts);
  }

  static byte[] set(byte[]... parts) {
    return tagged(SET, parts);
  }

  /** With a tag of the context around it. */
  static byte[] explicit(int number, byte[] value) {
    return tagged(EXPLICIT | number, value);
  }

  static byte[] yes() {
    return tagged(BOOLEAN, new byte[] {(byte) 0xff});
  }

  static byte[] integer(BigInteger value) {
    return tagged(INTEGER, value.toByteArray());
  }

  /**
   * Some bits, the first one the highest of the first byte.
   *
   * @param unused how many of the last byte's low bits are none, 0..7
   */
  static byte[] bits(int unused, byte... bytes) {
    return tagged(BIT_STRING, new byte[] {(byte) unused}, bytes);
  }

  static byte[] octets(byte[] bytes) {
    return tagged(OCTET_STRING, bytes);
  }

  static byte[] utf8(String text) {
    return tagged(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
  }

  /** An object identifier, its first two numbers below 40. */
  static byte[] oid(int first, int second, int... more) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(40 * first + second);
    for (int number : more) {
      int highest = (31 - Integer.numberOfLeadingZeros(number | 1)) / 7;
      for (int i = highest; i >= 0; i--) {
        int seven = (number >> (7 * i)) & 0x7f;
        bytes.write(i == 0 ? seven : seven | 0x80);
      }
    }
    return tagged(OID, bytes.toByteArray());
  }

  static byte[] time(Instant time) {
    OffsetDateTime utc = time.atOffset(ZoneOffset.UTC);
    boolean four = utc.getYear() >= FOUR_DIGITS;
    String text =
        DateTimeFormatter.ofPattern(four ? "yyyyMMddHHmmssX" : "yyMMddHHmmssX").format(utc);
    return tagged(four ? GENERALIZED_TIME : UTC_TIME, text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] tagged(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(tag);
    if (length < 0x80) {
      all.write(length);
    } else {
      byte[] bytes = BigInteger.valueOf(length).toByteArray();
      int first = bytes[0] == 0 ? 1 : 0;
      all.write(0x80 | (bytes.length - first));
      all.write(bytes, first, bytes.length - first);
    }
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
