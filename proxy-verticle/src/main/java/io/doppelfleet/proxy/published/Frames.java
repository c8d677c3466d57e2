package io.doppelfleet.proxy.published;

import io.doppelfleet.fleet.mtproto.MalformedMessageException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Messages in frames of padded intermediate. */
final class Frames {
  /** No answer that is waited for is longer. */
  private static final int LONGEST = 256 * 1024;

  private static final int MOST_PADDING = 15;

  private byte[] waiting = {};

  /** A message's frame. */
  static byte[] of(byte[] message, RandomGenerator random) {
    byte[] padding = new byte[random.nextInt(MOST_PADDING + 1)];
    random.nextBytes(padding);
    return ByteBuffer.allocate(Integer.BYTES + message.length + padding.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(message.length + padding.length)
        .put(message)
        .put(padding)
        .array();
  }

  /** Takes what came. */
  void add(byte[] bytes) {
    ByteArrayOutputStream all = new ByteArrayOutputStream(waiting.length + bytes.length);
    all.writeBytes(waiting);
    all.writeBytes(bytes);
    waiting = all.toByteArray();
  }

  /**
   * The next message with its padding; null: it isn't all there.
   *
   * @throws MalformedMessageException where it is too long
   */
  byte @Nullable [] next() {
    if (waiting.length < Integer.BYTES) {
      return null;
    }
    int length = ByteBuffer.wrap(waiting).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (length < Integer.BYTES || length > LONGEST) {
      throw new MalformedMessageException("it says what no data centre does");
    }
    int end = Integer.BYTES + length;
    if (waiting.length < end) {
      return null;
    }
    byte[] message = Arrays.copyOfRange(waiting, Integer.BYTES, end);
    waiting = Arrays.copyOfRange(waiting, end, waiting.length);
    return message;
  }
}
