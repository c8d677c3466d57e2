package io.doppelfleet.proxy.doppel;

/**
 * Where one direction of a pair stands in a response of the cover's that it follows. What carries
 * the bytes extends it: an idle pair has no room for one more object.
 */
public class Burst {
  /** A unit of {@link #held}, bytes. */
  private static final int HELD_UNIT = 128;

  /**
   * Microseconds, which overflow: when the oldest byte that is left was seen, or where none is when
   * the last one left.
   */
  int when;

  /** Bytes of this response that left since it last seemed to end, which may overflow. */
  int bytes;

  /** Of the next record, in the {@link Shape}. */
  char position = Shape.FRESH;

  /** Microseconds after {@link #when}: until then bytes wait. 0 where none does. */
  char due;

  /** How many are left, whether they wait or are planned again at once; rounded up to units. */
  private byte held;

  /** All that was there has left, as the end of a response. */
  private boolean ended;

  /** Since then the other end has asked for something. */
  private boolean asked;

  /** So much of this response has left that it goes on even where it seems to end. */
  boolean bulk;

  /** Of a connection on which nothing was sent yet. */
  protected Burst() {}

  /** Whether bytes wait for more. */
  public final boolean waits() {
    return due != 0;
  }

  /**
   * Microseconds until those that wait are to be planned again; 0 or less if the time has come, and
   * without meaning where none waits.
   */
  public final int left(long now) {
    return when + due - (int) now;
  }

  /**
   * Whether the sender was in the midst of something when it paused: all its segments were full.
   *
   * @param waiting bytes
   * @param segment bytes of a full one; 0 where that is not known
   */
  public final boolean brokenOff(int waiting, int segment) {
    int all = bytes + waiting;
    return segment > 0
        && Integer.compareUnsigned(all, 2 * segment) >= 0
        && Integer.remainderUnsigned(all, segment) == 0;
  }

  /**
   * Whether the last segment of what has come was a short one.
   *
   * @param waiting bytes, all that came since the last pause
   * @param segment bytes of a full one; 0 where that is not known
   */
  public static boolean endsShort(int waiting, int segment) {
    return segment > 0 && waiting % segment != 0;
  }

  /** Microseconds that the oldest byte has waited for. */
  final int waited(long now) {
    return held == 0 ? 0 : (int) now - when;
  }

  /** The other end has sent something. */
  public final void asked() {
    asked = true;
  }

  /** Whether what comes next answers something that was asked since all had left. */
  final boolean answersNext() {
    return held == 0 && ended && asked;
  }

  /** What leaves next is another response's. */
  final void beginAnew() {
    bytes = 0;
    bulk = false;
  }

  /**
   * Whether what has just left was the end of a response, as far as can be told. What comes then
   * comes in segments of its own.
   */
  final void ended(boolean end) {
    ended = end;
    asked &= !end;
    bytes = end ? 0 : bytes;
  }

  /** Whether nothing waits, and nothing left in the last {@code pause} microseconds. */
  final boolean paused(long now, int pause) {
    int since = (int) now - when;
    return held == 0 && (since < 0 || since > pause);
  }

  /** So many of the bytes have left; the others wait no longer, or for somebody else. */
  final void moveOn(int to, int gone, long now) {
    position = (char) to;
    bytes = to <= Shape.BETWEEN ? 0 : bytes + gone;
    when = (int) now;
    due = 0;
    held = 0;
  }

  /**
   * So many left, and others stay.
   *
   * @param micros that they wait from now on, and never beyond the time that a byte may wait in
   *     all; 0 where they are planned at once
   */
  final void waitOn(int to, int gone, int rest, int micros, int most, long now) {
    boolean oldOnesLeft = gone >= Byte.toUnsignedInt(held) * HELD_UNIT;
    int oldest = held != 0 && !oldOnesLeft ? when : (int) now;
    moveOn(to, gone, now);
    when = oldest;
    due = (char) (micros == 0 ? 0 : Math.clamp((int) now - oldest + micros, 1, most));
    held = (byte) Math.min(255, (rest + HELD_UNIT - 1) / HELD_UNIT);
  }
}
