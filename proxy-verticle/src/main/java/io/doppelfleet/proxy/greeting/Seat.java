package io.doppelfleet.proxy.greeting;

/** What one connection takes of what its network may have. Of its event loop. */
public interface Seat {
  /** Of a network that may have any number. */
  Seat UNBOUNDED =
      new Seat() {
        @Override
        public boolean isCrowded() {
          return false;
        }

        @Override
        public void leaveCrowd() {}
      };

  /** Whether its network has too many that are no clients, not yet or not at all. */
  boolean isCrowded();

  /** It is none of them any more: a client's, or over. */
  void leaveCrowd();
}
