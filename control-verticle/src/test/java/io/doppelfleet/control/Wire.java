package io.doppelfleet.control;

import io.doppelfleet.fleet.HostPort;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A connection to the API over TCP, for what no client of ours would send. */
final class Wire implements AutoCloseable {
  private final Socket socket = new Socket();
  private final BufferedReader in;

  private Wire(HostPort to, String from) throws IOException {
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(new InetSocketAddress(to.host(), to.port()));
    socket.setSoTimeout(20_000);
    in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  static Wire to(TestControl control) throws IOException {
    return from("127.0.0.1", control);
  }

  /** From one of this machine's addresses. */
  static Wire from(String address, TestControl control) throws IOException {
    return new Wire(control.webAddress(), address);
  }

  Wire send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** A whole request, or its head and what is there of its body. */
  Wire request(String method, String path, String head, int length, String body)
      throws IOException {
    return send(
        method
            + " /api/v1"
            + path
            + " HTTP/1.1\r\nHost: localhost\r\n"
            + head
            + "Content-Type: application/json\r\nContent-Length: "
            + length
            + "\r\n\r\n"
            + body);
  }

  /** Of the answer that comes next; only its head is read. */
  int status() throws IOException {
    String first = line();
    String rest = line();
    while (!rest.isEmpty()) {
      rest = line();
    }
    return Integer.parseInt(first.split(" ", 3)[1]);
  }

  private String line() throws IOException {
    String line = in.readLine();
    if (line == null) {
      throw new EOFException("the connection has ended");
    }
    return line;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
