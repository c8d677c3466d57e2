package io.doppelfleet.proxy.site;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What of a document a request wants, by <a href="https://www.rfc-editor.org/rfc/rfc9110">RFC
 * 9110</a>, sections 13 and 14.
 */
sealed interface Conditions {
  /** All of it. */
  record Whole() implements Conditions {}

  /** The client has it. */
  record NotModified() implements Conditions {}

  /** What the client wants to be so is not. */
  record Failed() implements Conditions {}

  /**
   * A part.
   *
   * @param first byte
   * @param last byte, not below the first
   */
  record Part(long first, long last) implements Conditions {}

  /** A part that it has not. */
  record Unsatisfiable() implements Conditions {}

  /** One range: several together are answered with the whole, as is allowed. */
  Pattern RANGE = Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*");

  /**
   * Judges a request.
   *
   * @param tag the document's entity tag, a strong one with its quotes
   * @param modified with whole seconds
   * @param length of the document, bytes
   */
  static Conditions of(HttpHeaders request, String tag, Instant modified, long length) {
    String match = request.get(HttpHeaderNames.IF_MATCH);
    String noneMatch = request.get(HttpHeaderNames.IF_NONE_MATCH);
    if (match != null
        ? !lists(match, tag, false)
        : isAfter(modified, request.get(HttpHeaderNames.IF_UNMODIFIED_SINCE))) {
      return new Failed();
    }
    if (noneMatch != null
        ? lists(noneMatch, tag, true)
        : isKnown(modified, request.get(HttpHeaderNames.IF_MODIFIED_SINCE))) {
      return new NotModified();
    }
    String range = request.get(HttpHeaderNames.RANGE);
    String ifRange = request.get(HttpHeaderNames.IF_RANGE);
    if (range == null || (ifRange != null && !isSame(ifRange, tag, modified))) {
      return new Whole();
    }
    return range(range, length);
  }

  private static Conditions range(String range, long length) {
    Matcher matcher = RANGE.matcher(range);
    if (!matcher.matches() || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
      return new Whole();
    }
    long first;
    long last = length - 1;
    if (matcher.group(1).isEmpty()) {
      long suffix = Long.parseLong(matcher.group(2));
      if (suffix == 0) {
        return new Unsatisfiable();
      }
      first = Math.max(0, length - suffix);
    } else {
      first = Long.parseLong(matcher.group(1));
      if (!matcher.group(2).isEmpty()) {
        long asked = Long.parseLong(matcher.group(2));
        if (asked < first) {
          return new Whole();
        }
        last = Math.min(last, asked);
      }
    }
    return first >= length ? new Unsatisfiable() : new Part(first, last);
  }

  private static boolean lists(String tags, String tag, boolean weak) {
    return tags.strip().equals("*")
        || Arrays.stream(tags.split(","))
            .map(String::strip)
            .anyMatch(one -> one.equals(tag) || (weak && one.equals("W/" + tag)));
  }

  private static boolean isAfter(Instant modified, @Nullable String date) {
    Instant given = parsed(date);
    return given != null && modified.isAfter(given);
  }

  private static boolean isKnown(Instant modified, @Nullable String date) {
    Instant given = parsed(date);
    return given != null && !modified.isAfter(given);
  }

  private static boolean isSame(String ifRange, String tag, Instant modified) {
    return ifRange.startsWith("\"")
        ? ifRange.strip().equals(tag)
        : modified.equals(parsed(ifRange));
  }

  private static @Nullable Instant parsed(@Nullable String date) {
    Date parsed = date == null ? null : DateFormatter.parseHttpDate(date);
    return parsed == null ? null : parsed.toInstant();
  }
}
