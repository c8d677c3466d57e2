package io.doppelfleet.launcher.config;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with a unit. */
public final class Quantity {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([A-Za-z]*)");

  /** Each 1024 times the one before. */
  private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB");

  private Quantity() {}

  /**
   * Reads {@code 500ms}, {@code 5s}, {@code 2m}, {@code 1h} or {@code 7d}.
   *
   * @throws IllegalArgumentException that says what would be right
   */
  public static Duration duration(String text) {
    Matcher matcher = FORM.matcher(text);
    if (matcher.matches()) {
      long number = Long.parseLong(matcher.group(1));
      Duration time =
          switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> null;
          };
      if (time != null) {
        return time;
      }
    }
    throw new IllegalArgumentException(
        "a time with its unit is right, like 500ms, 5s, 2m, 1h or 7d");
  }

  /**
   * Reads a number of bytes: {@code 512B}, {@code 64KiB} or {@code 32MiB}.
   *
   * @throws IllegalArgumentException that says what would be right
   */
  static int bytes(String text) {
    Matcher matcher = FORM.matcher(text);
    if (matcher.matches()) {
      long number = Long.parseLong(matcher.group(1));
      long bytes =
          switch (matcher.group(2)) {
            case "B" -> number;
            case "KiB" -> number << 10;
            case "MiB" -> number << 20;
            default -> -1;
          };
      if (bytes > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("2047MiB is the most");
      }
      if (bytes >= 0) {
        return (int) bytes;
      }
    }
    throw new IllegalArgumentException("a size with its unit is right, like 64KiB or 32MiB");
  }

  /**
   * Reads a number of bytes that may be great: {@code 500MiB}, {@code 10GiB} or {@code 2TiB}.
   *
   * @throws IllegalArgumentException that says what would be right
   */
  public static long size(String text) {
    Matcher matcher = FORM.matcher(text);
    int unit = matcher.matches() ? UNITS.indexOf(matcher.group(2)) : -1;
    if (unit < 0) {
      throw new IllegalArgumentException(
          "a size with its unit is right, like 500MiB, 10GiB or 2TiB");
    }
    return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * unit));
  }

  /** In the greatest unit that leaves no remainder, as {@link #duration} reads it. */
  public static String written(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds == 0 || seconds % 60 != 0) {
      return seconds + "s";
    }
    if (seconds % 3600 != 0) {
      return seconds / 60 + "m";
    }
    return seconds % 86_400 != 0 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
  }

  /** In the greatest unit that leaves no remainder, as {@link #bytes} reads it. */
  static String written(int bytes) {
    if (bytes == 0 || bytes % 1024 != 0) {
      return bytes + "B";
    }
    return bytes % (1 << 20) != 0 ? (bytes >> 10) + "KiB" : (bytes >> 20) + "MiB";
  }
}
