package io.doppelfleet.proxy.list;

/**
 * By what a place knows whether a list is still as it was.
 *
 * @param tag HTTP's ETag, or of a file what it looks like from outside; empty: none
 * @param modified HTTP's Last-Modified; empty: none
 */
record Stamp(String tag, String modified) {
  static final Stamp NONE = new Stamp("", "");

  private static final int LONGEST = 256;

  /** Leaves out what is too long, or can't be in one line. */
  Stamp {
    tag = fit(tag);
    modified = fit(modified);
  }

  private static String fit(String text) {
    return text.length() <= LONGEST && text.chars().allMatch(c -> c >= ' ' && c < 127) ? text : "";
  }
}
