package io.doppelfleet.control.peer;

import io.doppelfleet.control.store.Calls;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts the letters of one control together again, which came in parts, in their order: each has the
 * letter's number (8 bytes, from 1), its place in it, and how many there are (2 bytes each). Used
 * by one thread.
 */
final class Parts {
  private static final int HEAD = Long.BYTES + 2 * Short.BYTES;
  private static final int MOST_BYTES = Calls.MOST - HEAD;

  /** Of a letter, which are some MB. */
  private static final int MOST = 1_000;

  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
  private long number;
  private int next;
  private long last;
  private boolean missed;

  /** The parts of a letter. */
  static List<byte[]> of(long number, byte[] letter) {
    int count = Math.max(1, Math.ceilDiv(letter.length, MOST_BYTES));
    if (count > MOST) {
      throw new IllegalArgumentException("a letter of " + letter.length + " bytes");
    }
    List<byte[]> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = Math.min(MOST_BYTES, letter.length - i * MOST_BYTES);
      parts.add(
          ByteBuffer.allocate(HEAD + length)
              .putLong(number)
              .putShort((short) i)
              .putShort((short) count)
              .put(letter, i * MOST_BYTES, length)
              .array());
    }
    return parts;
  }

  /** Of which letter a part is; 0: it is no part. */
  static long number(byte[] part) {
    return part.length < HEAD ? 0 : ByteBuffer.wrap(part).getLong();
  }

  /**
   * A letter whose last part this is; null: it isn't, or one before it is missing, or the letter
   * isn't after the last.
   */
  byte @Nullable [] add(byte[] part) {
    if (part.length < HEAD) {
      return null;
    }
    ByteBuffer head = ByteBuffer.wrap(part);
    long of = head.getLong();
    int place = head.getShort();
    int count = head.getShort();
    if (of <= last) {
      return null; // somebody calls again what was called before
    }
    if (place == 0) {
      taken.reset();
      number = of;
      next = 0;
    }
    if (of != number || place != next || place >= count || count > MOST) {
      next = -1; // until the next letter begins
      return null;
    }
    taken.write(part, HEAD, part.length - HEAD);
    next++;
    if (next < count) {
      return null;
    }
    missed |= last > 0 && of != last + 1;
    last = of;
    return taken.toByteArray();
  }

  /** Whether letters were missed after the first that came, since this was asked last. */
  boolean hasMissed() {
    boolean was = missed;
    missed = false;
    return was;
  }
}
