package io.doppelfleet.proxy.scout;

/**
 * Goes through the {@code src} and {@code href} attributes of a page, in time that is linear in its
 * length whatever it holds: a regular expression's wouldn't be.
 */
final class Tags {
  private final String text;
  private int at;
  private String tag = "";
  private String link = "";

  /** Before the first. */
  Tags(String text) {
    this.text = text;
  }

  /** Whether there is one more; then it is that one's turn. */
  boolean next() {
    while (at < text.length()) {
      if (tag.isEmpty()) {
        open();
      } else if (attribute()) {
        return true;
      }
    }
    return false;
  }

  /** The name of the element, as the page writes it. */
  String tag() {
    return tag;
  }

  /** What the attribute says. */
  String link() {
    return link;
  }

  private void open() {
    int open = text.indexOf('<', at);
    at = open < 0 ? text.length() : open + 1;
    int from = at;
    while (at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
      at++;
    }
    tag = text.substring(from, at);
  }

  /** Takes one attribute, or what stands between two; whether it is a link. */
  private boolean attribute() {
    char first = text.charAt(at);
    if (first == '>') {
      tag = "";
    }
    if (first == '>' || first == '/' || first == '=' || isSpace(first)) {
      at++;
      return false;
    }
    int from = at;
    while (at < text.length() && "=>/".indexOf(text.charAt(at)) < 0 && !isSpace(text.charAt(at))) {
      at++;
    }
    int to = at;
    skipSpace();
    if (at == text.length() || text.charAt(at) != '=') {
      return false;
    }
    at++;
    skipSpace();
    link = value();
    return !link.isEmpty() && (is("src", from, to) || is("href", from, to));
  }

  private boolean is(String name, int from, int to) {
    return to - from == name.length() && text.regionMatches(true, from, name, 0, name.length());
  }

  private String value() {
    char quote = at < text.length() ? text.charAt(at) : '>';
    int from = at;
    if (quote == '"' || quote == '\'') {
      int end = text.indexOf(quote, ++from);
      at = end < 0 ? text.length() : end + 1;
      return end < 0 ? "" : text.substring(from, end).strip();
    }
    while (at < text.length() && text.charAt(at) != '>' && !isSpace(text.charAt(at))) {
      at++;
    }
    return text.substring(from, at);
  }

  private void skipSpace() {
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
  }

  private static boolean isSpace(char c) {
    return c <= ' ';
  }
}
