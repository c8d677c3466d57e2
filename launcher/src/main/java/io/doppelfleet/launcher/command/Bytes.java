package io.doppelfleet.launcher.command;

import java.util.Locale;

/** Numbers of bytes for people. */
final class Bytes {
  private static final String UNITS = "KMGTPE";

  private Bytes() {}

  /** In the greatest unit of which there is one at least, with one place after the point. */
  static String of(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    int unit = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
    double number = (double) bytes / (1L << (unit * 10));
    return String.format(Locale.ROOT, "%.1f %siB", number, UNITS.charAt(unit - 1));
  }
}
