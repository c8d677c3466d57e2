package io.doppelfleet.proxy.scout;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Holds a client's change_cipher_spec and Finished until it asks for something: to a server that
 * has both at once the answer is not the same as to one that has its settings and tickets away
 * before it is asked. For a TLS library that writes whole records.
 */
final class HeldFinished extends OutputStream {
  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int ENCRYPTED = 23;

  private final OutputStream out;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private boolean asks;

  /** In front of a socket's own stream. */
  HeldFinished(OutputStream out) {
    this.out = out;
  }

  /** The next write is a request, and what is held goes with it. */
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
    } else if (held.size() > 0) { // or a second hello, where the server wants another one
      held.write(bytes, offset, length);
      out.write(held.toByteArray());
      held.reset();
    } else {
      out.write(bytes, offset, length);
    }
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
