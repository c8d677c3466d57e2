package io.doppelfleet.launcher.config;

import io.doppelfleet.fleet.Secret;

/** How an operator's own words are repeated in an error. */
final class Quoted {
  private static final int LONGEST = 80;

  private Quoted() {}

  /** In quotes, unless it may be a secret that stands where something else belongs. */
  static String of(String text) {
    if (Secret.isPerhapsIn(text)) {
      return "what is written (not shown, it may be a secret)";
    }
    return '"' + (text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text) + '"';
  }

  /** A key's name, without quotes. */
  static String key(String path) {
    return Secret.isPerhapsIn(path) ? "a key (not shown, it may be a secret)" : path;
  }
}
