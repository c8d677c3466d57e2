package io.doppelfleet.standin.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a load generator asks of the stand-in data centre, in place of MTProto, once its obfuscated2
 * header is sent. Inside the stream nothing else is encrypted or framed, so that what is measured
 * is the proxy.
 *
 * <p>16 bytes, little-endian: {@code magic(4) format(1) operation(1) zero(2) count(8)}. Requests
 * may follow each other on a connection; the next one is read when the last one is answered. What
 * is no request is answered by the connection's end.
 *
 * @param operation what to do
 * @param count bytes of content, 0..2^63-1; 0 for {@link Operation#ECHO}
 */
public record LoadRequest(Operation operation, long count) {
  /** Bytes of a request. */
  public static final int LENGTH = 16;

  /** Bytes of the magic number, which tell load from MTProto. */
  public static final int MAGIC_LENGTH = 4;

  /**
   * {@code ff 44 46 7f} on the wire. No MTProto frame begins so: it would be one of 2 GB
   * (intermediate) or of 33 MB (abridged), where 16 MB is the most.
   */
  public static final int MAGIC = 0x7f4644ff;

  private static final byte FORMAT = 1;

  /** What a request asks for. */
  public enum Operation {
    /** The data centre sends {@code count} bytes of {@link LoadContent}. */
    STREAM(1),
    /**
     * The data centre reads {@code count} bytes, or fewer when the client's side ends before, and
     * answers with a {@link SinkReport}.
     */
    SINK(2),
    /** The data centre sends back whatever comes, until the client's side ends; then it closes. */
    ECHO(3);

    private final byte code;

    Operation(int code) {
      this.code = (byte) code;
    }

    private static Operation of(byte code) {
      for (Operation operation : values()) {
        if (operation.code == code) {
          return operation;
        }
      }
      throw new IllegalArgumentException("operation " + code + " is not in 1..3");
    }
  }

  /** Checks the count. */
  public LoadRequest {
    if (count < 0) {
      throw new IllegalArgumentException("count " + count + " is negative");
    }
    if (operation == Operation.ECHO && count != 0) {
      throw new IllegalArgumentException("an echo has no count, this has " + count);
    }
  }

  /** Asks for {@code count} bytes of {@link LoadContent}. */
  public static LoadRequest stream(long count) {
    return new LoadRequest(Operation.STREAM, count);
  }

  /** Announces {@code count} bytes. */
  public static LoadRequest sink(long count) {
    return new LoadRequest(Operation.SINK, count);
  }

  /** Asks for an echo. */
  public static LoadRequest echo() {
    return new LoadRequest(Operation.ECHO, 0);
  }

  /** The {@link #LENGTH} bytes that {@link #decode} reads. */
  public byte[] encode() {
    return ByteBuffer.allocate(LENGTH)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(MAGIC)
        .put(FORMAT)
        .put(operation.code)
        .putShort((short) 0)
        .putLong(count)
        .array();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException that says what is wrong
   */
  public static LoadRequest decode(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException(
          "a load request has " + LENGTH + " bytes, this has " + bytes.length);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int magic = in.getInt();
    if (magic != MAGIC) {
      throw new IllegalArgumentException(
          String.format("a load request begins with %08x, this with %08x", MAGIC, magic));
    }
    byte format = in.get();
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "format " + format + " is unknown: " + FORMAT + " is right");
    }
    Operation operation = Operation.of(in.get());
    if (in.getShort() != 0) {
      throw new IllegalArgumentException("bytes 6 and 7 must be zero");
    }
    return new LoadRequest(operation, in.getLong());
  }
}
