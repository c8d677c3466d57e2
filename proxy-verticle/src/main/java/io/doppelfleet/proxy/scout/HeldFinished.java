package io.doppelfleet.proxy.scout;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.random.RandomGenerator;

/**
 * Holds a client's change_cipher_spec and Finished until it asks for something: to a server that
 * has both at once the answer is not the same as to one that has its settings and tickets away
 * before it is asked. Browsers' requests come right behind their Finished, so a server sees now the
 * one, now the other, and both are to be learnt. For a TLS library that writes whole records.
 */
final class HeldFinished extends OutputStream {
  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int ENCRYPTED = 23;

  /**
   * A request is behind by less, nanoseconds: a browser's takes some microseconds to some hundred,
   * by the machine, and a server about as many for what it does between.
   */
  private static final int BEHIND_NANOS = 180_000;

  private final OutputStream out;
  private final RandomGenerator random;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private boolean asks;

  /** In front of a socket's own stream. */
  HeldFinished(OutputStream out, RandomGenerator random) {
    this.out = out;
    this.random = random;
  }

  /** The next write is a request, and what is held goes just before it. */
  void asks() {
    asks = true;
  }

  @Override
  public void write(int single) throws IOException {
    write(new byte[] {(byte) single}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return;
    }
    int type = bytes[offset];
    if (!asks && (type == CHANGE_CIPHER_SPEC || type == ENCRYPTED)) {
      held.write(bytes, offset, length);
      return;
    }
    if (held.size() > 0) { // or a second hello, where the server wants another one
      out.write(held.toByteArray());
      held.reset();
      long until = System.nanoTime() + random.nextInt(BEHIND_NANOS);
      while (System.nanoTime() < until) {
        Thread.onSpinWait(); // for what no sleep is short enough
      }
    }
    out.write(bytes, offset, length);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
