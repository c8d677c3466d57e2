package io.doppelfleet.launcher.config;

/**
 * Something that the operator has to mend.
 *
 * @param origin {@code file:line}, or a variable's or a property's name
 * @param line for the order of the list, 0 outside a file
 * @param message what is wrong and what would be right; never a secret
 */
public record Mistake(String origin, int line, String message) {
  /** Of something outside a file. */
  static Mistake at(String origin, String message) {
    int colon = origin.lastIndexOf(':');
    String tail = origin.substring(colon + 1);
    return new Mistake(origin, tail.matches("[0-9]{1,9}") ? Integer.parseInt(tail) : 0, message);
  }

  /** The line that the operator reads. */
  @Override
  public String toString() {
    return origin + ": " + message;
  }
}
