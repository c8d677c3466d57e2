package io.doppelfleet.proxy.scout;

import io.doppelfleet.proxy.doppel.Traffic;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a TLS library reads from, and with it a list of the records as they came on the wire. It
 * reads ahead, so that records which came together are seen to have come together.
 */
final class RecordTap extends InputStream {
  /** Records of a response that are kept. */
  static final int MOST_RECORDS = 512;

  private static final int APPLICATION_DATA = 0x17;
  private static final int HEADER = 5;
  private static final int CHUNK = 64 * 1024;

  private final Socket socket;
  private final InputStream in;
  private final long end;

  /** What was read and not taken: from {@code taken} to {@code filled}. */
  private final byte[] bytes = new byte[CHUNK];

  private int taken;
  private int filled;

  private int headerBytes;
  private int type;
  private int length;
  private int remaining;

  private final List<Integer> sizes = new ArrayList<>();
  private final List<Integer> gaps = new ArrayList<>();
  private long last = System.nanoTime();
  private long sum;

  /**
   * Beneath a TLS library.
   *
   * @param in the socket's own stream
   * @param end when reading is over, in {@link System#nanoTime}
   */
  RecordTap(Socket socket, InputStream in, long end) {
    this.socket = socket;
    this.in = in;
    this.end = end;
  }

  /** A request is about to be sent: forgets the records so far. */
  void mark() {
    sizes.clear();
    gaps.clear();
    sum = 0;
    last = System.nanoTime();
  }

  /** The encrypted records since the mark. */
  Traffic.Response records() {
    return new Traffic.Response(sizes, gaps, sum);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int most) throws IOException {
    if (most == 0) {
      return 0;
    }
    if (taken == filled && !fill()) {
      return -1;
    }
    int count = Math.min(most, filled - taken);
    System.arraycopy(bytes, taken, target, offset, count);
    taken += count;
    return count;
  }

  @Override
  public int available() {
    return filled - taken;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private static SocketTimeoutException tooLong() {
    return new SocketTimeoutException("it takes too long");
  }

  /**
   * Reads once.
   *
   * @return false where the stream has ended
   * @throws SocketTimeoutException when reading is over
   */
  private boolean fill() throws IOException {
    taken = 0;
    filled = 0;
    long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    if (left <= 0) {
      throw tooLong();
    }
    socket.setSoTimeout((int) left);
    int read;
    try {
      read = in.read(bytes);
    } catch (SocketTimeoutException e) {
      throw tooLong();
    }
    if (read < 0) {
      return false;
    }
    note(read, System.nanoTime());
    filled = read;
    return true;
  }

  private void note(int to, long now) {
    int at = 0;
    while (at < to) {
      if (remaining > 0) {
        int skipped = Math.min(remaining, to - at);
        remaining -= skipped;
        at += skipped;
        continue;
      }
      int next = bytes[at++] & 0xff;
      switch (headerBytes++) {
        case 0 -> type = next;
        case 3 -> length = next << 8;
        case HEADER - 1 -> {
          remaining = length | next;
          headerBytes = 0;
          begins(now);
        }
        default -> {}
      }
    }
  }

  private void begins(long now) {
    if (type != APPLICATION_DATA || remaining == 0) {
      return;
    }
    sum += remaining;
    if (sizes.size() < MOST_RECORDS) {
      sizes.add(Math.min(remaining, 16_640));
      gaps.add((int) TimeUnit.NANOSECONDS.toMicros(Math.min(now - last, 60_000_000_000L)));
    }
    last = now;
  }
}
