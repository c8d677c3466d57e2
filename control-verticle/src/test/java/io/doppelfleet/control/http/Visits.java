package io.doppelfleet.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Connections from addresses of this machine. */
final class Visits {
  private Visits() {}

  /** Whether it was ended: nothing comes, not even after a while, or an end. */
  static boolean isEnded(Socket socket) throws IOException {
    socket.setSoTimeout(10_000);
    return socket.getInputStream().readAllBytes().length < 100; // an alert at most
  }

  /** So many connections from addresses of this machine, each of which asks for something. */
  static List<Socket> visitors(HostPort address, String path, String from, int most)
      throws IOException {
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      Socket socket = connected(address, from);
      sockets.add(socket);
      assertThat(asks(socket, path)).isTrue();
    }
    return sockets;
  }

  static void close(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  static Socket connected(HostPort address) throws IOException {
    return connected(address, "127.0.0.1");
  }

  static Socket connected(HostPort address, String from) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(new InetSocketAddress(address.host(), address.port()));
    socket.setSoTimeout(10_000);
    return socket;
  }

  static boolean asks(Socket socket) {
    return asks(socket, "/");
  }

  /** Whether a request is answered on this connection. */
  static boolean asks(Socket socket, String path) {
    try {
      String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      StringBuilder answer = new StringBuilder();
      while (answer.indexOf("here") < 0) {
        int next = socket.getInputStream().read();
        if (next < 0) {
          return false;
        }
        answer.append((char) next);
      }
      return true;
    } catch (IOException e) { // reset
      return false;
    }
  }
}
