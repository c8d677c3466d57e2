package io.doppelfleet.control.store;

import java.time.Instant;

/**
 * What a program may use the API by.
 *
 * @param name 1..58 letters: the history has "token " before it, in 64
 * @param by who made it
 * @param ends after which it is good for nothing
 */
public record ApiToken(String name, Role role, Instant created, String by, Instant ends) {
  /** Who does what is done by the token of this name. */
  public static String author(String name) {
    return "token " + name;
  }
}
