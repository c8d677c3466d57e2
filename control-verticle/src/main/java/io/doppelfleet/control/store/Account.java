package io.doppelfleet.control.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A person who may use the API.
 *
 * @param name 1..64 letters
 * @param password the hash of theirs; null where none was set yet
 * @param totp whether they have to say a code too
 * @param invited until when who has their invitation may set it; null where there is none
 */
public record Account(
    String name,
    Role role,
    Instant created,
    @Nullable String password,
    boolean totp,
    @Nullable Instant invited) {
  /** Without the hash. */
  @Override
  public String toString() {
    return "Account[name=" + name + ", role=" + role + "]";
  }
}
