package io.doppelfleet.fleet;

import java.util.regex.Pattern;

/**
 * A secret and what the operator calls it. The name appears in metrics and messages.
 *
 * @param name 1..64 of {@code a-z A-Z 0-9 . _ -}, beginning with a letter or digit
 * @param secret the secret
 */
public record NamedSecret(String name, Secret secret) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** Checks the name. */
  public NamedSecret {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "\""
              + name
              + "\" is no name for a secret: 1 to 64 of a-z A-Z 0-9 . _ - beginning with a letter"
              + " or digit");
    }
  }
}
