package io.doppelfleet.fleet;

import java.util.Arrays;

/**
 * Who watches a link sees how long its frames are. So the text of a message about hellos gets
 * spaces at its end, and has one of a few lengths, whatever it says.
 */
public final class EvenLength {
  /** Of what is told at each tick of the clock; a dozen hellos have room, a phone's burst. */
  public static final int SHORT = 256;

  /** With as many as are told at once. */
  public static final int LONG = 896;

  /** With a part of all of late, at the most: {@link HelloPart#MOST} of them have room. */
  public static final int PART = 32 << 10;

  /** By which parts differ; a quiet node's one is as long. */
  private static final int STEP = 4_096;

  private EvenLength() {}

  /**
   * The text of a message that is told at each tick of the clock.
   *
   * @throws IllegalArgumentException where it is none of those, and longer
   */
  public static byte[] ofTick(FleetMessage message) {
    byte[] text = MessageJson.write(message);
    return padded(text, text.length <= SHORT ? SHORT : LONG);
  }

  /**
   * The text of one with a part of all of late: in steps of {@value #STEP} bytes, {@value #PART} at
   * the most.
   *
   * @throws IllegalArgumentException where it is none of those, and longer
   */
  public static byte[] ofPart(FleetMessage message) {
    byte[] text = MessageJson.write(message);
    return padded(text, Math.min(PART, Math.ceilDiv(text.length, STEP) * STEP));
  }

  private static byte[] padded(byte[] text, int length) {
    if (text.length > length) {
      throw new IllegalArgumentException(text.length + " bytes, where " + length + " are the most");
    }
    byte[] padded = Arrays.copyOf(text, length);
    Arrays.fill(padded, text.length, length, (byte) ' ');
    return padded;
  }
}
