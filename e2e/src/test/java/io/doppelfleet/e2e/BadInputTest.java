package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.Visit.HELLOS;
import static io.doppelfleet.e2e.Visit.opening;
import static io.doppelfleet.e2e.Visit.spliced;
import static io.doppelfleet.e2e.Visit.welcomed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.standin.client.ClientRecords;
import io.doppelfleet.standin.tcp.RawServer;
import io.doppelfleet.standin.tcp.RawSocket;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is bad leaves nothing on a node's heap, however often it comes. */
@Tag("crowd")
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
            Map.of(ALIVE, alive.address(), RUDE, rude.address(), DEAD, dead.address()),
            // What it remembers of clients' hellos grows with them, up to its bound.
            List.of("env", "DOPPELFLEET_PROXY_RULES_REPLAYS=off"));
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
    for (Visit kind : KINDS) {
      Callable<Void> once =
          () -> {
            kind.make(node.address());
            return null;
          };
      for (Future<Void> sent : pool.invokeAll(Collections.nCopies(TIMES, once))) {
        sent.get();
      }
      await().alias(kind.name()).atMost(SOON).until(() -> node.descriptors() <= descriptors + FEW);
    }
  }

  private static final List<Visit> KINDS =
      List.of(
          new Visit("reset at once", RawSocket::reset),
          new Visit("garbage", socket -> spliced(socket, new byte[100])),
          new Visit("much garbage", socket -> spliced(socket, new byte[8192])),
          new Visit(
              "half closed",
              socket -> {
                socket.halfClose();
                socket.readToEnd();
              }),
          new Visit(
              "cut hello",
              socket -> {
                socket.send(Arrays.copyOf(REPLAYED, 300));
                socket.halfClose();
                socket.readToEnd();
              }),
          new Visit(
              "reset in hello",
              socket -> {
                socket.send(Arrays.copyOf(REPLAYED, 300));
                Thread.sleep(Duration.ofMillis(8)); // the cover is dialled
                socket.reset();
              }),
          new Visit(
              "wrong digest", socket -> spliced(socket, HELLOS.withWrongDigest().build().bytes())),
          new Visit(
              "foreign name",
              socket -> spliced(socket, HELLOS.withSni("other.example").build().bytes())),
          new Visit(
              "stale",
              socket ->
                  spliced(socket, HELLOS.at(Instant.now().minusSeconds(600)).build().bytes())),
          new Visit(
              "stale, in pieces",
              socket -> {
                byte[] hello = HELLOS.at(Instant.now().minusSeconds(600)).build().bytes();
                try {
                  for (int from = 0; from < hello.length; from += 50) {
                    socket.send(Arrays.copyOfRange(hello, from, Math.min(hello.length, from + 50)));
                  }
                } catch (SocketException coverHasAnsweredTheFirstPieces) {
                  return;
                }
                socket.readToEnd();
              }),
          new Visit("replay", socket -> spliced(socket, REPLAYED)),
          new Visit("old tls", socket -> spliced(socket, HELLOS.withoutTls13().build().bytes())),
          new Visit("reset after welcome", socket -> welcomed(socket).reset()),
          new Visit(
              "bad record", socket -> welcomed(socket, new byte[] {0x16, 3, 3, 0, 1}).readToEnd()),
          new Visit(
              "empty record",
              socket -> welcomed(socket, ClientRecords.record(new byte[0])).readToEnd()),
          new Visit(
              "wrong tag",
              socket -> welcomed(socket, ClientRecords.record(new byte[64])).readToEnd()),
          new Visit(
              "wrong tag in a long record",
              socket -> {
                byte[] record = ClientRecords.record(new byte[64]);
                record[3] = (byte) 0xff;
                welcomed(socket, record).readToEnd();
              }),
          new Visit(
              "reset in header",
              socket -> {
                welcomed(socket, Arrays.copyOf(opening(ALIVE, 1), 40));
                socket.reset();
              }),
          new Visit(
              "gone while dialling",
              socket -> {
                welcomed(socket, opening(DEAD, 1));
                Thread.sleep(Duration.ofMillis(5));
                socket.reset();
              }),
          new Visit("datacentre gone", socket -> welcomed(socket, opening(RUDE, 1)).readToEnd()),
          new Visit(
              "reset in record",
              socket -> {
                welcomed(socket, opening(ALIVE, 1));
                socket.send(new byte[] {0x17, 3, 3, 1, 0, 5});
                socket.reset();
              }),
          new Visit(
              "bad record in stream",
              socket -> {
                welcomed(socket, opening(ALIVE, 1));
                socket.send(new byte[] {0x16, 3, 3, 0, 1});
                socket.readToEnd();
              }));
}
