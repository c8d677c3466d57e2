package io.doppelfleet.fleet;

/**
 * What operators call a node.
 *
 * @param text 1..64 of {@code a-z A-Z 0-9 . _ -}, beginning with a letter or digit
 */
public record NodeName(String text) {
  /** Checks the letters. */
  public NodeName {
    Bounds.name("name", text);
  }

  @Override
  public String toString() {
    return text;
  }
}
