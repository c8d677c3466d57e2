package io.doppelfleet.fleet;

/**
 * One key of a secret and what the operator calls it: what a connection is served by. The name
 * appears in metrics and messages.
 *
 * @param name 1..64 of {@code a-z A-Z 0-9 . _ -}, beginning with a letter or digit
 * @param secret the secret
 */
public record NamedSecret(String name, Secret secret) {
  /** Checks the name. */
  public NamedSecret {
    if (!Bounds.isName(name)) {
      throw new IllegalArgumentException(
          "\""
              + name
              + "\" is no name for a secret: 1 to 64 of a-z A-Z 0-9 . _ - beginning with a letter"
              + " or digit");
    }
  }
}
