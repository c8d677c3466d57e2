package io.doppelfleet.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How passwords are kept. */
@Timeout(60)
final class PasswordsTest {
  private static final String PASSWORD = "correct horse battery";

  private final Passwords passwords = new Passwords(new Random(1), PasswordCost.USUAL);

  @Test
  void oneIsKeptAtTheCostThatOwaspNamesAndToldFromOthers() {
    String kept = passwords.hash(PASSWORD);
    assertThat(kept).startsWith("$argon2id$v=19$m=19456,t=2,p=1$").doesNotContain(PASSWORD);
    assertThat(passwords.hash(PASSWORD)).isNotEqualTo(kept); // another salt
    assertThat(passwords.matches(PASSWORD, kept)).isTrue();
    assertThat(passwords.matches(PASSWORD + "x", kept)).isFalse();
    assertThat(passwords.matches(PASSWORD, null)).isFalse();
  }

  @Test
  void oneThatWasKeptAtAnotherCostIsStillKnown() {
    String kept = new Passwords(new Random(1), new PasswordCost(64, 1)).hash(PASSWORD);
    assertThat(kept).contains("m=64,t=1,");
    assertThat(passwords.matches(PASSWORD, kept)).isTrue();
  }
}
