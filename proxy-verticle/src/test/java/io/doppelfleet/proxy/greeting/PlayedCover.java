package io.doppelfleet.proxy.greeting;

import io.doppelfleet.fleet.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A cover's socket, and those who came to it. */
final class PlayedCover implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> accepted = new ArrayList<>();

  /** It listens. */
  PlayedCover() throws IOException {
    server.setSoTimeout(PATIENCE_MILLIS);
  }

  /** Where it is. */
  HostPort at() {
    return new HostPort("127.0.0.1", server.getLocalPort());
  }

  /** The next connection of those who dial it; closed with it. */
  Socket accept() throws IOException {
    Socket far = server.accept();
    accepted.add(far);
    far.setSoTimeout(PATIENCE_MILLIS);
    return far;
  }

  /** Whether nobody has dialled it whom {@link #accept} has not told of. */
  boolean isNotDialled() throws IOException {
    try (Socket next = new Socket(server.getInetAddress(), server.getLocalPort())) {
      return accept().getPort() == next.getLocalPort();
    }
  }

  /** From now on nobody listens there; closing it again does nothing. */
  void goDown() throws IOException {
    server.close();
  }

  @Override
  public void close() throws IOException {
    for (Socket each : accepted) {
      each.close();
    }
    goDown();
  }
}
