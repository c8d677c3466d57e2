package io.doppelfleet.proxy.greeting;

/** What was found out about who connected. */
sealed interface Verdict {
  /**
   * A client with a live secret.
   *
   * @param secret whose key made the hello
   * @param flight the answer to it
   */
  record Client(LiveSecret secret, Greeter.Flight flight) implements Verdict {}

  /**
   * Anybody else.
   *
   * @param reason in two words, for the metrics
   */
  record Stranger(String reason) implements Verdict {}
}
