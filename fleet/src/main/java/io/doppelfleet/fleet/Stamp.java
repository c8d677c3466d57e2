package io.doppelfleet.fleet;

/**
 * Where a message stands among those of one sender.
 *
 * @param sender 1..64 of {@code a-z A-Z 0-9 . _ -}, beginning with a letter or digit
 * @param epoch grows with each start of the sender
 * @param sequence grows with each message of an epoch, from 1
 */
public record Stamp(String sender, long epoch, long sequence) {
  /** Checks the bounds. */
  public Stamp {
    Bounds.name("sender", sender);
    Bounds.number("epoch", epoch, 0, Long.MAX_VALUE);
    Bounds.number("sequence", sequence, 1, Long.MAX_VALUE);
  }

  /** Whether the same sender said this one later than that one. */
  public boolean isAfter(Stamp that) {
    return epoch != that.epoch ? epoch > that.epoch : sequence > that.sequence;
  }
}
