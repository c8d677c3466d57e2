package io.doppelfleet.fleet;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/** What the values of a {@link FleetState} may be. */
final class Bounds {
  /** Names appear in metrics, commands and files. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** The last second that ISO 8601 writes with four digits of the year. */
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private Bounds() {}

  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  static void name(String field, String value) {
    if (!isName(value)) {
      throw new InvalidValueException(
          field,
          "is "
              + quoted(value)
              + ": 1 to 64 of a-z A-Z 0-9 . _ - beginning with a letter or digit would be right");
    }
  }

  static void number(String field, long value, long least, long most) {
    if (value < least || value > most) {
      throw new InvalidValueException(
          field, "is " + value + ": " + least + " to " + most + " would be right");
    }
  }

  /** One line that people read. */
  static void text(String field, String value, int most) {
    if (value.isBlank()
        || value.length() > most
        || value.codePoints().anyMatch(Bounds::breaksALine)) {
      throw new InvalidValueException(
          field,
          "is "
              + quoted(value)
              + ": one line of 1 to "
              + most
              + " characters, not all of them blank, would be right");
    }
  }

  /** A time in whole seconds: its text is the same everywhere, and no clock agrees on less. */
  static void time(String field, Instant value) {
    if (!value.truncatedTo(ChronoUnit.SECONDS).equals(value)
        || value.isBefore(Instant.EPOCH)
        || value.isAfter(LATEST)) {
      throw new InvalidValueException(
          field, "is " + value + ": whole seconds from 1970 to 9999 would be right");
    }
  }

  static void duration(String field, Duration value, Duration least, Duration most) {
    if (value.toNanosPart() != 0 || value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new InvalidValueException(
          field,
          "is "
              + value
              + ": whole seconds, "
              + least.toSeconds()
              + " to "
              + most.toSeconds()
              + " of them, would be right");
    }
  }

  /** What somebody wrote, on one line and no longer than is of use. */
  static String quoted(String value) {
    return "\"" + line(value) + "\"";
  }

  /** The same without the quotation marks: a part of a path. */
  static String line(String value) {
    StringBuilder line = new StringBuilder();
    value
        .codePoints()
        .limit(80)
        .forEach(each -> line.appendCodePoint(breaksALine(each) ? '\ufffd' : each));
    return line.append(value.codePointCount(0, value.length()) > 80 ? "…" : "").toString();
  }

  /** Control characters, the two separators, and half a surrogate pair, which UTF-8 can't carry. */
  private static boolean breaksALine(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
