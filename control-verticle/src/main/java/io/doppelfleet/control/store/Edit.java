package io.doppelfleet.control.store;

/**
 * Who changes the state, and why. What is too long for the history is cut.
 *
 * @param author who, as the API or the command knows them
 * @param origin from where: an address, or {@code unix}
 * @param what one line for people
 */
public record Edit(String author, String origin, String what) {
  private static final int MOST_AUTHOR = 64;
  private static final int MOST_ORIGIN = 128;
  private static final int MOST_WHAT = 500;

  /** Cuts what is too long. */
  public Edit {
    author = cut(author, MOST_AUTHOR);
    origin = cut(origin, MOST_ORIGIN);
    what = cut(what, MOST_WHAT);
  }

  private static String cut(String text, int most) {
    // PostgreSQL has no place for a zero in a text.
    String clean = text.replaceAll("\\p{Cntrl}", " ");
    int end = Math.min(clean.length(), most);
    boolean splits = end < clean.length() && Character.isHighSurrogate(clean.charAt(end - 1));
    return clean.substring(0, splits ? end - 1 : end);
  }
}
