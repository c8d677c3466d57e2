package io.doppelfleet.control.store;

/** Who makes an account or a token, by what they are known. */
public sealed interface Maker {
  /** As the history names them. */
  String author();

  /** The machine's user, who doesn't end. */
  record Owner(String author) implements Maker {}

  /**
   * Somebody who has signed in.
   *
   * @param author their account
   * @param session hex of SHA-256
   */
  record Person(String author, String session) implements Maker {}

  /**
   * A program.
   *
   * @param token hex of SHA-256
   */
  record Program(String author, String token) implements Maker {}
}
