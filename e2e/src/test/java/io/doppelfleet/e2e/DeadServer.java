package io.doppelfleet.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** Takes no connection: its backlog is full, and a SYN meets no answer. */
record DeadServer(ServerSocket listener, List<Socket> queue) implements AutoCloseable {
  static DeadServer start() throws IOException {
    return start(0);
  }

  /** On a port where nothing listens. */
  static DeadServer start(int port) throws IOException {
    DeadServer dead =
        new DeadServer(
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()), new ArrayList<>());
    try {
      while (true) {
        Socket socket = new Socket();
        dead.queue.add(socket);
        socket.connect(dead.address(), 300);
      }
    } catch (SocketTimeoutException e) {
      return dead;
    }
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : queue) {
      socket.close();
    }
  }
}
