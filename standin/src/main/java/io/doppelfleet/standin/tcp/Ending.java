package io.doppelfleet.standin.tcp;

/** How the other end closed a TCP connection. */
public enum Ending {
  /** In order: every byte that it sent has arrived. */
  FIN,
  /** By a reset. */
  RST
}
