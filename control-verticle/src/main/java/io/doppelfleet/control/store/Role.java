package io.doppelfleet.control.store;

import java.util.Locale;

/** What somebody may do; each may all that those before it may. */
public enum Role {
  /** Sees how the fleet is, but no key and no address of a client. */
  VIEWER,
  /** Changes secrets and bans, and drains nodes. */
  OPERATOR,
  /** Says who else may do anything, and which machines are nodes. */
  ADMIN;

  /** Whether who has this role may do what needs the other. */
  public boolean includes(Role needed) {
    return compareTo(needed) >= 0;
  }

  /** Its name in JSON, commands and the store. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * That of this word.
   *
   * @throws IllegalArgumentException where it is none
   */
  public static Role of(String word) {
    for (Role role : values()) {
      if (role.word().equals(word)) {
        return role;
      }
    }
    throw new IllegalArgumentException("viewer, operator or admin would be right");
  }
}
