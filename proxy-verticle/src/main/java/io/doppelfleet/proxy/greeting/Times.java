package io.doppelfleet.proxy.greeting;

/**
 * When what happens to a connection that was accepted now: times at which a stranger and a client
 * must not be told apart.
 */
final class Times {
  private static final int MICRO = 1_000;

  /**
   * From the accept to the dial of the cover, where no verdict came before. A client's hello is
   * there by then (those of TDLib were 0.3 to 1.8 ms after the accept), so a client costs the cover
   * nothing, and of a stranger's wait it is less than a network's jitter.
   */
  private static final int DIAL_AFTER_MICROS = 5_000;

  /**
   * Of a near cover's dial that would be most. There it is a quarter of the dial, and no less than
   * this, in which a client on the same network sends its hello: a client that is slower costs a
   * cover next door a connection.
   */
  private static final int DIAL_AFTER_MICROS_AT_LEAST = 300;

  /**
   * Strangers may have been kept waiting by one who asks the cover for too much; clients wait twice
   * as long as is reckoned at most, and this, nanoseconds.
   */
  private static final long SLACK = 20_000_000;

  private final int dialMicros;
  private final long accepted = System.nanoTime();
  private long hello;
  private long judged;
  private boolean dialledBefore;

  /** With the time that the cover may take to accept a connection; 0 where that is not known. */
  Times(int dialMicros) {
    this.dialMicros = dialMicros;
  }

  /** How long after the accept the cover is dialled. */
  int dialAfterMicros() {
    return dialMicros == 0
        ? DIAL_AFTER_MICROS
        : Math.clamp(dialMicros / 4, DIAL_AFTER_MICROS_AT_LEAST, DIAL_AFTER_MICROS);
  }

  /**
   * The hello is whole.
   *
   * @param dialled whether the cover was dialled before
   */
  void helloCame(boolean dialled) {
    hello = System.nanoTime();
    judged = hello;
    dialledBefore = dialled;
  }

  /** It had its turn: the dial of a stranger that wasn't dialled before begins now. */
  void judged() {
    judged = System.nanoTime();
  }

  /** Nanoseconds from the accept to a time of {@link System#nanoTime}. */
  long sinceAccept(long now) {
    return now - accepted;
  }

  /** Whether the cover was dialled, if at all, for what the hello turned out to be. */
  boolean dialsForHello() {
    return !dialledBefore;
  }

  /** Nanoseconds from the whole hello to a time of {@link System#nanoTime}. */
  long sinceHello(long now) {
    return now - hello;
  }

  /**
   * When the answer may leave: as soon as a stranger with this hello might get the cover's. As long
   * as strangers waited of late; where that is not known, or the hello came late, a dial that began
   * when the hello was judged, or before it came, is reckoned, and the cover's own time for an
   * answer.
   *
   * @param strangers how long one of them waited whose dial began with the hello, nanoseconds; 0
   *     where that is not known
   * @return on the clock of {@link System#nanoTime}
   */
  long due(Greeter.Flight flight, long strangers) {
    long reckoned = reckoned(flight);
    return strangers > 0 && dialsForHello()
        ? hello + Math.min(strangers, 2 * Math.max(0, reckoned - hello) + SLACK)
        : reckoned;
  }

  private long reckoned(Greeter.Flight flight) {
    long sinceAccept = hello - accepted;
    long dialBegan =
        dialledBefore ? Math.min(sinceAccept, (long) dialAfterMicros() * MICRO) : judged - accepted;
    long reached = Math.max(sinceAccept, dialBegan + (long) dialMicros * MICRO);
    return accepted + reached + (long) flight.delayMicros() * MICRO;
  }
}
