package io.doppelfleet.launcher.config;

import java.util.regex.Pattern;

/** How an operator's own words are repeated in an error. */
final class Quoted {
  /**
   * 16 key bytes are 32 digits of hex, or 22 characters of base64, which has letters of both cases
   * and digits where it has no meaning.
   */
  private static final Pattern SECRET =
      Pattern.compile(
          "[0-9A-Fa-f]{24,}"
              + "|(?=[A-Za-z0-9+/_-]*[A-Z])(?=[A-Za-z0-9+/_-]*[a-z])(?=[A-Za-z0-9+/_-]*[0-9])"
              + "[A-Za-z0-9+/_-]{22,}");

  private static final int LONGEST = 80;

  private Quoted() {}

  /** In quotes, unless it may be a secret that stands where something else belongs. */
  static String of(String text) {
    if (isPerhapsSecret(text)) {
      return "what is written (not shown, it may be a secret)";
    }
    return '"' + (text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text) + '"';
  }

  /** A key's name, without quotes. */
  static String key(String path) {
    return isPerhapsSecret(path) ? "a key (not shown, it may be a secret)" : path;
  }

  static boolean isPerhapsSecret(String text) {
    return SECRET.matcher(text).find();
  }
}
