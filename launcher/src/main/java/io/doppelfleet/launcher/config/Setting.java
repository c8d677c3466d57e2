package io.doppelfleet.launcher.config;

import java.util.Arrays;
import java.util.List;

/**
 * One value as the operator wrote it.
 *
 * @param path the option's path; for an entry of a named option its name too
 * @param origin where it was written: {@code file:line}, a variable's or a property's name
 * @param texts the value; several where a list was written
 */
record Setting(String path, String origin, List<String> texts) {
  Setting {
    texts = List.copyOf(texts);
  }

  /** The value of a variable or a property, where a list is written with commas. */
  static Setting ofText(String path, String origin, String text) {
    return new Setting(
        path, origin, Arrays.stream(text.split(",", -1)).map(String::strip).toList());
  }
}
