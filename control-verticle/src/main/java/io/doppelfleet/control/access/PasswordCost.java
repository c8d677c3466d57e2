package io.doppelfleet.control.access;

/**
 * What Argon2id costs who looks at a password.
 *
 * @param memoryKib at least 8
 * @param iterations from 1
 */
public record PasswordCost(int memoryKib, int iterations) {
  /** That which OWASP names. */
  public static final PasswordCost USUAL = new PasswordCost(19 * 1024, 2);
}
