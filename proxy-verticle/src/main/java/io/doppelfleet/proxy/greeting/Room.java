package io.doppelfleet.proxy.greeting;

/** Whether there is room for connections that come to nothing. May be asked from any thread. */
public interface Room {
  /** For another stranger; else it is reset. */
  boolean isForStrangers();

  /** Whether no network may have more than its part of those that are no clients. */
  boolean boundsCrowds();

  /** For whoever takes long to say what it is. */
  boolean isForUndecided();
}
