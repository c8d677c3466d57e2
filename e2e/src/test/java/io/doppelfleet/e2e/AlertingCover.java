package io.doppelfleet.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A cover that remembers how each connection begins, and answers it with an alert and its end. */
final class AlertingCover implements AutoCloseable {
  static final byte[] ALERT = {21, 3, 3, 0, 2, 2, 50};

  /** Of a hello: its random is among them. */
  private static final int REMEMBERED = 64;

  private final ServerSocket listener;
  private final Set<ByteBuffer> begun = ConcurrentHashMap.newKeySet();

  private AlertingCover(ServerSocket listener) {
    this.listener = listener;
  }

  static AlertingCover start() throws IOException {
    return start(InetAddress.getLoopbackAddress());
  }

  static AlertingCover start(InetAddress at) throws IOException {
    AlertingCover cover = new AlertingCover(new ServerSocket(0, 1024, at));
    Thread.ofVirtual().start(cover::accept);
    return cover;
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> answer(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void answer(Socket socket) {
    try (socket) {
      socket.setSoTimeout(10_000);
      byte[] begin = socket.getInputStream().readNBytes(REMEMBERED);
      begun.add(ByteBuffer.wrap(begin));
      socket.getOutputStream().write(ALERT);
    } catch (IOException e) {
      // A look at the cover, or a client that was known, ends as it likes.
    }
  }

  /** Whether a connection has begun so. */
  boolean has(byte[] hello) {
    return begun.contains(ByteBuffer.wrap(Arrays.copyOf(hello, REMEMBERED)));
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
