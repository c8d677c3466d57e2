package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.KEY;
import static io.doppelfleet.e2e.TestNode.SECRET;

import io.doppelfleet.standin.client.ClientKeys;
import io.doppelfleet.standin.client.ClientRecords;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.RawSocket;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.random.RandomGenerator;

/**
 * A bare socket at a node, from its beginning to its end: little enough for a hundred thousand.
 *
 * @param name in a few words
 * @param guest what it does until the connection has ended, or is to end in order
 */
record Visit(String name, Guest guest) {
  /** All with the same keys, which cost more than all else. */
  static final Hellos HELLOS = Hellos.classic(SECRET).withKeys(ClientKeys.generate());

  /** What a visit consists of. */
  interface Guest {
    void visit(RawSocket socket) throws Exception;
  }

  void make(InetSocketAddress node) throws Exception {
    try (RawSocket socket = RawSocket.connect(node)) {
      guest.visit(socket);
    }
  }

  /** Says what the cover answers, and waits for its end. */
  static void spliced(RawSocket socket, byte[] bytes) throws IOException {
    socket.send(bytes);
    socket.readToEnd();
  }

  /** Comes as a client, and sends more when the answer is there. */
  static RawSocket welcomed(RawSocket socket, byte[]... next) throws IOException {
    socket.send(HELLOS.build().bytes());
    socket.read();
    for (byte[] each : next) {
      socket.send(each);
    }
    return socket;
  }

  /** What a client sends first, for a data centre, with so many bytes for that. */
  static byte[] opening(int datacenter, int length) {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    return ClientRecords.opening(
        Obfuscated2.open(KEY, Obfuscated2.PADDED_INTERMEDIATE, datacenter, random),
        new byte[length]);
  }
}
