package io.doppelfleet.proxy.datacenter;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The first message that any client sends to a data centre, which needs no key: {@code
 * req_pq_multi}, see <a href="https://core.telegram.org/mtproto/auth_key">Creating an Authorization
 * Key</a>, framed as padded intermediate.
 */
public final class PqQuestion {
  /** Bytes of the frame's length, which is little-endian. */
  public static final int LENGTH_BYTES = 4;

  /** No answer is longer. */
  public static final int LONGEST_ANSWER = 1024;

  private static final int REQ_PQ_MULTI = 0xbe7e8ef1;
  private static final int RES_PQ = 0x05162463;
  private static final int NONCE_LENGTH = 16;

  /** auth_key_id, message_id and the length. */
  private static final int HEADER_LENGTH = 20;

  private static final int MOST_PADDING = 15;

  private final byte[] nonce = new byte[NONCE_LENGTH];
  private final byte[] frame;

  /** One of its own nonce. */
  public PqQuestion(RandomGenerator random, long unixSeconds) {
    random.nextBytes(nonce);
    int message = HEADER_LENGTH + Integer.BYTES + NONCE_LENGTH;
    byte[] padding = new byte[random.nextInt(MOST_PADDING + 1)];
    random.nextBytes(padding);
    frame =
        ByteBuffer.allocate(LENGTH_BYTES + message + padding.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(message + padding.length)
            .putLong(0)
            .putLong(unixSeconds << 32)
            .putInt(Integer.BYTES + NONCE_LENGTH)
            .putInt(REQ_PQ_MULTI)
            .put(nonce)
            .put(padding)
            .array();
  }

  /** What is sent, its length first. */
  public byte[] frame() {
    return frame.clone();
  }

  /** The length of what follows these {@link #LENGTH_BYTES}; -1: no data centre says such a one. */
  public static int length(byte[] bytes) {
    int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
    return length < LENGTH_BYTES || length > LONGEST_ANSWER ? -1 : length;
  }

  /** Whether these bytes, without their length, are a data centre's answer to this question. */
  public boolean isAnsweredBy(byte[] bytes) {
    return bytes.length >= HEADER_LENGTH + Integer.BYTES + NONCE_LENGTH
        && ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(HEADER_LENGTH) == RES_PQ
        && Arrays.equals(
            bytes,
            HEADER_LENGTH + Integer.BYTES,
            HEADER_LENGTH + Integer.BYTES + NONCE_LENGTH,
            nonce,
            0,
            NONCE_LENGTH);
  }
}
