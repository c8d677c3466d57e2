package io.doppelfleet.control.access;

import io.doppelfleet.fleet.JoinToken;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.random.RandomGenerator;

/** What is told once to who may use it, and kept as a hash: 32 bytes that nobody can guess. */
public enum Credential {
  /** A program's. */
  TOKEN("api1."),
  /** What a browser has whose user said their password. */
  SESSION("session1."),
  /** Whoever has it sets a password. */
  INVITATION("invite1.");

  private static final int LENGTH = 32;

  /** With the number of the format. */
  private final String prefix;

  Credential(String prefix) {
    this.prefix = prefix;
  }

  /**
   * Makes one: letters, digits, {@code . - _}.
   *
   * @param random must be unpredictable
   */
  public String create(RandomGenerator random) {
    byte[] bytes = new byte[LENGTH];
    random.nextBytes(bytes);
    return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Whether a text may be one; what may not needs no look into the store. */
  public boolean isPerhaps(String text) {
    return text.startsWith(prefix) && text.length() == prefix.length() + (LENGTH * 8 + 5) / 6;
  }

  /** What the store has of it: 64 hex digits of SHA-256, which suits what can't be guessed. */
  public static String hash(String text) {
    return JoinToken.fingerprint(text.getBytes(StandardCharsets.UTF_8));
  }
}
