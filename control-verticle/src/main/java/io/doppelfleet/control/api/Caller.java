package io.doppelfleet.control.api;

import io.doppelfleet.control.store.Role;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, as the history names them.
 *
 * @param author who
 * @param origin from where: an address, or {@code unix}
 * @param role what they may; null: nobody knows them, and they may sign in
 * @param session what their browser has; null: they came by other means
 */
public record Caller(String author, String origin, @Nullable Role role, @Nullable String session) {
  /** The machine's user, who can open the socket. */
  public static Caller owner() {
    return new Caller(System.getProperty("user.name", "owner"), "unix", Role.ADMIN, null);
  }

  /** What is secret stays out. */
  @Override
  public String toString() {
    return "Caller[author=" + author + ", role=" + role + "]";
  }
}
