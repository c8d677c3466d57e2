package io.doppelfleet.launcher.config;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The known word that somebody who wrote an unknown one probably meant. */
final class Nearest {
  private Nearest() {}

  /**
   * Of the known words one that begins so, or the one with the fewest edits, null when all are
   * quite different.
   */
  static @Nullable String to(String word, Collection<String> known) {
    String best = null;
    int fewest = Math.max(2, word.length() / 6) + 1;
    for (String candidate : known) {
      if (candidate.startsWith(word)) {
        return candidate;
      }
      int edits = edits(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (edits < fewest) {
        fewest = edits;
        best = candidate;
      }
    }
    return best;
  }

  /** Levenshtein's distance. */
  private static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
