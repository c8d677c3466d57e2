package io.doppelfleet.control.store;

/**
 * How much has passed.
 *
 * @param up bytes from clients, without record headers
 * @param down bytes to clients, without record headers
 * @param opened connections that came
 */
public record Moved(long up, long down, long opened) {
  /** Nothing. */
  public static final Moved NONE = new Moved(0, 0, 0);

  /** Both together. */
  public Moved plus(Moved other) {
    return new Moved(up + other.up, down + other.down, opened + other.opened);
  }

  /** Of each the greater. */
  Moved orMore(Moved other) {
    return new Moved(
        Math.max(up, other.up), Math.max(down, other.down), Math.max(opened, other.opened));
  }

  /** Of each no more than this. */
  Moved orLess(long most) {
    return new Moved(Math.min(up, most), Math.min(down, most), Math.min(opened, most));
  }

  /** Both ways together. */
  long bytes() {
    return up + down;
  }

  boolean isNone() {
    return up == 0 && down == 0 && opened == 0;
  }
}
