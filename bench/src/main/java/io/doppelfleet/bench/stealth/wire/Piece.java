package io.doppelfleet.bench.stealth.wire;

/**
 * Something that was seen, without what differs from connection to connection anyway.
 *
 * @param text what it is
 * @param length bytes, of a thing whose length varies by itself: a signature of ECDSA has 70 to 72
 *     bytes, rarely fewer, and what contains it varies with it; else 0
 */
public record Piece(String text, int length) {
  /** What two of one kind may differ by. */
  private static final int TOLERANCE = 4;

  /** Of fixed length. */
  static Piece of(String text) {
    return new Piece(text, 0);
  }

  /** Whether it says the same to who looks. */
  boolean like(Piece other) {
    return text.equals(other.text) && Math.abs(length - other.length) <= TOLERANCE;
  }

  @Override
  public String toString() {
    return length == 0 ? text : text + " " + length;
  }
}
