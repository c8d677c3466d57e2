package io.doppelfleet.proxy.dial;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An upstream that connects nobody anywhere: it only says what a test wants to be said. */
final class PlayedUpstream implements AutoCloseable {
  private static final int IPV6 = 4;

  /** Twice CR and LF. */
  private static final int END_OF_HEADERS = 0x0d0a0d0a;

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> taken = new CopyOnWriteArrayList<>();

  private PlayedUpstream(Part part) throws IOException {
    Thread.ofVirtual().start(() -> take(part));
  }

  /** What it says to one that connects; then it says nothing more, until the test ends. */
  interface Part {
    void play(DataInputStream in, OutputStream out) throws IOException, InterruptedException;
  }

  static PlayedUpstream of(Part part) throws IOException {
    return new PlayedUpstream(part);
  }

  /** Answers a SOCKS5 greeting: no login is wanted. */
  static void greet(DataInputStream in, OutputStream out) throws IOException {
    in.readUnsignedByte();
    in.readNBytes(in.readUnsignedByte());
    out.write(new byte[] {5, 0});
  }

  /** Reads where a SOCKS5 client wants to go; whether that is an IPv6 address. */
  static boolean ipv6Asked(DataInputStream in) throws IOException {
    in.readNBytes(3);
    boolean ipv6 = in.readUnsignedByte() == IPV6;
    in.readNBytes((ipv6 ? 16 : 4) + 2);
    return ipv6;
  }

  /** RFC 1928, 6: 0 is "succeeded". */
  static void reply(OutputStream out, int status) throws IOException {
    out.write(new byte[] {5, (byte) status, 0, 1, 0, 0, 0, 0, 0, 0});
  }

  /** Reads an HTTP request to its empty line. */
  static void request(DataInputStream in) throws IOException {
    int last = 0;
    while (last != END_OF_HEADERS) {
      last = last << 8 | in.readUnsignedByte();
    }
  }

  private void take(Part part) {
    try {
      while (true) {
        Socket socket = server.accept();
        taken.add(socket);
        Thread.ofVirtual().start(() -> play(part, socket));
      }
    } catch (IOException e) {
      // The test has ended.
    }
  }

  private static void play(Part part, Socket socket) {
    try {
      part.play(new DataInputStream(socket.getInputStream()), socket.getOutputStream());
    } catch (IOException | InterruptedException e) {
      // Who dialled has left.
    }
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  int taken() {
    return taken.size();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket each : taken) {
      each.close();
    }
  }
}
