package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.KEY;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.bench.client.ClientKeys;
import io.doppelfleet.bench.client.ClientRecords;
import io.doppelfleet.bench.client.Hellos;
import io.doppelfleet.bench.tcp.RawServer;
import io.doppelfleet.bench.tcp.RawSocket;
import io.doppelfleet.bench.wire.Obfuscated2;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is bad leaves nothing on a node's heap, however often it comes. */
@Timeout(180)
final class BadInputTest {
  /** Of each kind in a round. */
  private static final int TIMES = 300;

  /**
   * Bytes that may stay of a round: less than what any one kind leaves that leaves 200 each time. A
   * connection that is forgotten is more.
   */
  private static final int BYTES = 200 * TIMES;

  /**
   * What is lost is lost in each; what the node needs or drops once, in one: so the middle counts.
   */
  private static final int ROUNDS = 3;

  /** Open files that the node may come to have for itself, or connections that end just now. */
  private static final int FEW = 8;

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Hellos HELLOS = Hellos.classic(SECRET).withKeys(ClientKeys.generate());
  private static final byte[] REPLAYED = HELLOS.build().bytes();

  /** Of data centres: one that echoes, one that resets who has come, one that takes nobody. */
  private static final int ALIVE = 2;

  private static final int RUDE = 3;
  private static final int DEAD = 4;

  @TempDir Path directory;
  private EchoDatacenter alive;
  private RawServer rude;
  private Thread resetter;
  private DeadServer dead;
  private AlertingCover cover;
  private ProcessNode node;
  private ExecutorService pool;

  @BeforeEach
  void start() throws Exception {
    alive = EchoDatacenter.start();
    rude = RawServer.start();
    resetter = Thread.ofVirtual().start(this::resetAll);
    dead = DeadServer.start();
    cover = AlertingCover.start();
    node =
        ProcessNode.start(
            directory,
            cover.port(),
            SECRET,
            Map.of(ALIVE, alive.address(), RUDE, rude.address(), DEAD, dead.address()));
    pool = Executors.newFixedThreadPool(8);
  }

  private void resetAll() {
    try {
      while (true) {
        RawSocket connection = rude.take(Duration.ofDays(1));
        connection.read(Obfuscated2.HEADER_LENGTH + 1);
        connection.reset();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      // The test is over.
    }
  }

  @AfterEach
  void end() throws Exception {
    pool.close();
    node.close();
    cover.close();
    dead.close();
    resetter.interrupt();
    resetter.join();
    rude.close();
    alive.close();
  }

  @Test
  void theHeapDoesNotGrowByHundredsOfEachKind() throws Exception {
    long descriptors = node.descriptors();
    try (RawSocket first = RawSocket.connect(node.address())) {
      first.send(REPLAYED);
      assertThat(first.read(1)).containsExactly(0x16);
    }
    sendAll(descriptors);
    long before = node.heap().liveBytes();
    List<Long> grown = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      sendAll(descriptors);
      long after = node.heap().liveBytes();
      grown.add(after - before);
      before = after;
    }
    System.out.printf(
        "%d connections of %d kinds: of the heap's %d bytes have stayed %s in each round%n",
        TIMES * KINDS.size(), KINDS.size(), before, grown);
    assertThat(grown.stream().sorted().toList().get(ROUNDS / 2))
        .as("bytes that stay of a round, the middle of %s", grown)
        .isLessThan(BYTES);
    assertThat(node.log()).doesNotContain("ERROR");
  }

  private void sendAll(long descriptors) throws Exception {
    for (Kind kind : KINDS) {
      Callable<Void> once =
          () -> {
            kind.send(node.address());
            return null;
          };
      for (Future<Void> sent : pool.invokeAll(Collections.nCopies(TIMES, once))) {
        sent.get();
      }
      await().alias(kind.name()).atMost(SOON).until(() -> node.descriptors() <= descriptors + FEW);
    }
  }

  private interface Sender {
    void send(RawSocket socket) throws Exception;
  }

  /**
   * Of bad input.
   *
   * @param name in a few words
   * @param sender who sends it, and waits for the end of the connection or ends it
   */
  private record Kind(String name, Sender sender) {
    void send(InetSocketAddress to) throws Exception {
      try (RawSocket socket = RawSocket.connect(to)) {
        sender.send(socket);
      }
    }
  }

  private static final List<Kind> KINDS =
      List.of(
          new Kind("reset at once", RawSocket::reset),
          new Kind("garbage", socket -> spliced(socket, new byte[100])),
          new Kind("much garbage", socket -> spliced(socket, new byte[8192])),
          new Kind(
              "half closed",
              socket -> {
                socket.halfClose();
                socket.readToEnd();
              }),
          new Kind(
              "cut hello",
              socket -> {
                socket.send(Arrays.copyOf(REPLAYED, 300));
                socket.halfClose();
                socket.readToEnd();
              }),
          new Kind(
              "reset in hello",
              socket -> {
                socket.send(Arrays.copyOf(REPLAYED, 300));
                Thread.sleep(Duration.ofMillis(8)); // the cover is dialled
                socket.reset();
              }),
          new Kind(
              "wrong digest", socket -> spliced(socket, HELLOS.withWrongDigest().build().bytes())),
          new Kind(
              "foreign name",
              socket -> spliced(socket, HELLOS.withSni("other.example").build().bytes())),
          new Kind(
              "stale",
              socket ->
                  spliced(socket, HELLOS.at(Instant.now().minusSeconds(600)).build().bytes())),
          new Kind(
              "stale, in pieces",
              socket -> {
                byte[] hello = HELLOS.at(Instant.now().minusSeconds(600)).build().bytes();
                for (int from = 0; from < hello.length; from += 50) {
                  socket.send(Arrays.copyOfRange(hello, from, Math.min(hello.length, from + 50)));
                }
                socket.readToEnd();
              }),
          new Kind("replay", socket -> spliced(socket, REPLAYED)),
          new Kind("old tls", socket -> spliced(socket, HELLOS.withoutTls13().build().bytes())),
          new Kind("reset after welcome", socket -> welcomed(socket).reset()),
          new Kind(
              "bad record", socket -> welcomed(socket, new byte[] {0x16, 3, 3, 0, 1}).readToEnd()),
          new Kind(
              "empty record",
              socket -> welcomed(socket, ClientRecords.record(new byte[0])).readToEnd()),
          new Kind(
              "wrong tag",
              socket -> welcomed(socket, ClientRecords.record(new byte[64])).readToEnd()),
          new Kind(
              "wrong tag in a long record",
              socket -> {
                byte[] record = ClientRecords.record(new byte[64]);
                record[3] = (byte) 0xff;
                welcomed(socket, record).readToEnd();
              }),
          new Kind(
              "reset in header",
              socket -> {
                welcomed(socket, Arrays.copyOf(opening(ALIVE), 40));
                socket.reset();
              }),
          new Kind(
              "gone while dialling",
              socket -> {
                welcomed(socket, opening(DEAD));
                Thread.sleep(Duration.ofMillis(5));
                socket.reset();
              }),
          new Kind("datacentre gone", socket -> welcomed(socket, opening(RUDE)).readToEnd()),
          new Kind(
              "reset in record",
              socket -> {
                welcomed(socket, opening(ALIVE));
                socket.send(new byte[] {0x17, 3, 3, 1, 0, 5});
                socket.reset();
              }),
          new Kind(
              "bad record in stream",
              socket -> {
                welcomed(socket, opening(ALIVE));
                socket.send(new byte[] {0x16, 3, 3, 0, 1});
                socket.readToEnd();
              }));

  private static void spliced(RawSocket socket, byte[] bytes) throws IOException {
    socket.send(bytes);
    socket.readToEnd();
  }

  private static RawSocket welcomed(RawSocket socket, byte[]... next) throws IOException {
    socket.send(HELLOS.build().bytes());
    socket.read();
    for (byte[] each : next) {
      socket.send(each);
    }
    return socket;
  }

  private static byte[] opening(int datacenter) {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    return ClientRecords.opening(
        Obfuscated2.open(KEY, Obfuscated2.PADDED_INTERMEDIATE, datacenter, random), new byte[1]);
  }
}
