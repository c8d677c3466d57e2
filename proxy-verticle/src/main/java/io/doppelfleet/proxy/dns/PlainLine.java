package io.doppelfleet.proxy.dns;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * By UDP, from a port of its own each time, which whoever would answer in the server's place has to
 * guess; by TCP where an answer has no room in a datagram.
 */
final class PlainLine implements Line {
  /** Until a question is sent again, for a datagram may be lost; and then until it is given up. */
  static final Duration AGAIN = Duration.ofMillis(1_200);

  private static final int TIMES = 2;
  private static final int LONGEST_DATAGRAM = 4096;

  private final InetSocketAddress server;
  private final long againNanos;

  /** To that server, with {@link #AGAIN} or what a test has in its place. */
  PlainLine(InetSocketAddress server, Duration again) {
    this.server = server;
    this.againNanos = again.toNanos();
  }

  @Override
  public List<byte[]> ask(List<byte[]> questions) throws IOException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    Answers answers = byDatagram(questions);
    List<byte[]> cut = answers.cut();
    if (cut.isEmpty()) {
      return answers.orElseThrow(new IOException("no answer"));
    }
    try (Socket connection = new Socket()) {
      connection.connect(server);
      Line.ask(connection, cut, end).forEach(answers::take);
      return answers.all();
    } catch (IOException e) {
      return answers.orElseThrow(e);
    }
  }

  private Answers byDatagram(List<byte[]> questions) throws IOException {
    Answers answers = new Answers(questions);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(server); // others' datagrams are none, and a closed port is told of at once
      for (int i = 0; i < TIMES && answers.isMissing(); i++) {
        for (byte[] question : answers.missing()) {
          socket.send(new DatagramPacket(question, question.length));
        }
        hear(socket, answers, System.nanoTime() + againNanos);
      }
    }
    return answers;
  }

  private static void hear(DatagramSocket socket, Answers answers, long end) throws IOException {
    byte[] room = new byte[LONGEST_DATAGRAM];
    long left = end - System.nanoTime();
    while (answers.isMissing() && left > 0) {
      socket.setSoTimeout((int) TimeUnit.NANOSECONDS.toMillis(left) + 1);
      DatagramPacket packet = new DatagramPacket(room, room.length);
      try {
        socket.receive(packet);
      } catch (SocketTimeoutException e) {
        return;
      }
      answers.take(Arrays.copyOf(room, packet.getLength())); // any other one is somebody else's
      left = end - System.nanoTime();
    }
  }
}
