package io.doppelfleet.proxy.greeting;

/** What was found out about who connected. */
sealed interface Verdict {
  /**
   * A client with a live secret.
   *
   * @param guest who it is
   * @param flight the answer to its hello
   */
  record Client(Guest guest, Greeter.Flight flight) implements Verdict {}

  /**
   * Anybody else.
   *
   * @param reason in two words, for the metrics
   */
  record Stranger(String reason) implements Verdict {}
}
