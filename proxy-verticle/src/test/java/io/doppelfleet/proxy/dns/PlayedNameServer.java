package io.doppelfleet.proxy.dns;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A plain name server that says what a test wants to be said. */
final class PlayedNameServer implements AutoCloseable {
  static final int NO_ERROR = 0;
  static final int SERVER_FAILURE = 2;
  static final int NO_SUCH_NAME = 3;
  static final int A = 1;
  private static final int AAAA = 28;
  private static final int CNAME = 5;
  private static final int IPV4_BYTES = 4;

  private final ServerSocket connections =
      new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final DatagramSocket datagrams =
      new DatagramSocket(connections.getLocalPort(), InetAddress.getLoopbackAddress());
  private final AtomicInteger asked = new AtomicInteger();
  private volatile Part part;

  /** What is said to a question. */
  interface Part {
    /**
     * All answers to one question.
     *
     * @param byTcp else by UDP
     * @throws IOException by TCP: to end the connection
     */
    List<byte[]> play(byte[] question, boolean byTcp) throws IOException;
  }

  PlayedNameServer(Part part) throws IOException {
    this.part = part;
    Thread.ofVirtual().start(this::hear);
    Thread.ofVirtual().start(this::take);
  }

  void plays(Part next) {
    part = next;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) connections.getLocalSocketAddress();
  }

  NameServer server() {
    return new NameServer(NameServer.Kind.PLAIN, address(), null, "");
  }

  /** Questions that came. */
  int asked() {
    return asked.get();
  }

  private void hear() {
    byte[] room = new byte[512];
    while (!datagrams.isClosed()) {
      DatagramPacket packet = new DatagramPacket(room, room.length);
      try {
        datagrams.receive(packet);
        asked.incrementAndGet();
        for (byte[] answer : part.play(Arrays.copyOf(room, packet.getLength()), false)) {
          datagrams.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      } catch (IOException e) {
        // The test is over.
      }
    }
  }

  private void take() {
    while (!connections.isClosed()) {
      try (Socket socket = connections.accept()) {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        for (int length = in.readUnsignedShort(); ; length = in.readUnsignedShort()) {
          asked.incrementAndGet();
          for (byte[] answer : part.play(in.readNBytes(length), true)) {
            out.writeShort(answer.length);
            out.write(answer);
          }
        }
      } catch (IOException e) {
        // That one has heard enough, or the test is over.
      }
    }
  }

  @Override
  public void close() throws IOException {
    connections.close();
    datagrams.close();
  }

  /** Whether it is the question for IPv4 addresses. */
  static boolean isOfIpv4(byte[] question) {
    return ByteBuffer.wrap(question).getShort(question.length - 4) == A;
  }

  /**
   * The right answer's form, with these addresses of the kind that was asked for, or some of it.
   */
  static byte[] answer(byte[] question, int code, int seconds, String... addresses) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      List<byte[]> fit =
          Arrays.stream(addresses)
              .map(each -> InetAddress.ofLiteral(each).getAddress())
              .filter(each -> (each.length == IPV4_BYTES) == isOfIpv4(question))
              .toList();
      out.write(question, 0, 2);
      out.writeShort(0x8180 | code);
      out.writeShort(1);
      out.writeShort(fit.isEmpty() ? 0 : fit.size() + 1);
      out.writeInt(0);
      out.write(question, 12, question.length - 12);
      if (!fit.isEmpty()) {
        record(out, CNAME, 7 * seconds, new byte[] {1, 'x', (byte) 0xc0, 12});
      }
      for (byte[] address : fit) {
        record(out, address.length == IPV4_BYTES ? A : AAAA, seconds, address);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void record(DataOutputStream out, int type, int seconds, byte[] data)
      throws IOException {
    out.writeShort(0xc00c); // the question's name
    out.writeShort(type);
    out.writeShort(1);
    out.writeInt(seconds);
    out.writeShort(data.length);
    out.write(data);
  }
}
