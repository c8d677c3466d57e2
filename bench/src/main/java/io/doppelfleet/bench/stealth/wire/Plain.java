package io.doppelfleet.bench.stealth.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/** What was read in clear, or decrypted. */
final class Plain {
  private static final int SHOWN = 400;

  /** Of what is longer, the rest is only summed up. */
  private static final int HEAD = 64 * 1024;

  private static final Pattern DATE = Pattern.compile("(?i)\r\ndate: [^\r]*");

  private Plain() {}

  /** As text, or as length and checksum, without what a clock puts in. */
  static String masked(byte[] bytes) {
    byte[] head = Arrays.copyOf(bytes, Math.min(HEAD, bytes.length));
    String text =
        DATE.matcher(new String(head, StandardCharsets.ISO_8859_1)).replaceAll("\r\ndate: *");
    if (bytes.length <= HEAD && text.length() <= SHOWN && printable(text)) {
      return text;
    }
    CRC32C sum = new CRC32C();
    sum.update(text.getBytes(StandardCharsets.ISO_8859_1));
    sum.update(bytes, head.length, bytes.length - head.length);
    return bytes.length + " bytes, checksum " + Long.toHexString(sum.getValue());
  }

  private static boolean printable(String text) {
    return text.chars().allMatch(c -> (c >= ' ' && c < 127) || c == '\r' || c == '\n');
  }
}
