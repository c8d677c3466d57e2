package io.doppelfleet.control.api;

import java.util.concurrent.atomic.AtomicLong;

/** Memory that requests of a kind may have together, in bytes. Safe for use by many threads. */
final class Room {
  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /** Of so many bytes. */
  Room(long most) {
    this.most = most;
  }

  /** Takes so many, unless others have too many of them; nothing where there is no room. */
  boolean take(long bytes) {
    if (taken.addAndGet(bytes) > most) {
      taken.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  /** Gives back what was taken. */
  void give(long bytes) {
    taken.addAndGet(-bytes);
  }
}
