package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.ClientKeys;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hellos that are cut, flipped, garbage, or one of very many secrets. */
@Timeout(120)
final class HelloTest {
  /** Where a hello has its time's four bytes, the lowest first. */
  private static final int TIME = 39;

  /** Of three groups, two of which are tried side by side: searched for on other threads. */
  private static final int SECRETS = 1_100;

  /** Stands still, so that no time of a hello becomes good, or stale, while the test runs. */
  private final Clock clock =
      Clock.fixed(Instant.now().truncatedTo(ChronoUnit.SECONDS), ZoneOffset.UTC);

  @TempDir Path state;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node = TestNode.startOnTwoLoops(state, TestNode.secrets(SECRETS), clock);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    node.closeOnceEmpty();
  }

  @Test
  void theLastOfTenThousandSecretsIsFound() throws Exception {
    node.closeOnceEmpty();
    node = TestNode.startOnTwoLoops(state, TestNode.secrets(10_000), clock);
    node.relayed().client().close();
  }

  @ParameterizedTest
  @ValueSource(ints = {2_048, 4_096, 8_192})
  void aLongHelloIsAnswered(int length) throws Exception {
    expectServed(Hellos.hybrid(SECRET).at(clock.instant()).paddedTo(length).build());
  }

  @Test
  void aHelloCutAtEachByteReachesTheCoverAsItIs() throws Exception {
    byte[] hello = Hellos.classic(SECRET).build().bytes();
    inParallel(hello.length - 1, cut -> expectAtTheCover(Arrays.copyOf(hello, cut + 1)));
    await().atMost(SOON).until(() -> node.node.connections() == 0);
  }

  /**
   * To 2 KB of every length, to 8 KB of every seventh: of all, so many connections to one cover
   * would wait to be forgotten that the kernel had no port for another.
   */
  @ParameterizedTest
  @EnumSource
  void garbageOfEveryLengthReachesTheCoverAsItIs(Garbage kind) throws Exception {
    inParallel(2 * 1024, i -> expectAtTheCover(kind.ofLength(1 + i)));
    inParallel(6 * 1024 / 7, i -> expectAtTheCover(kind.ofLength(2 * 1024 + 7 * (i + 1))));
  }

  /** What it looks like at first. */
  enum Garbage {
    GARBAGE,
    A_RECORD,
    A_HELLO;

    byte[] ofLength(int length) {
      byte[] bytes = new byte[length];
      synchronized (RANDOM) {
        RANDOM.nextBytes(bytes);
      }
      // Of every second one the header says that more is to come, and so it is waited for.
      int payload = Math.max(4, length - 5) + (length % 2) * 100;
      int body = payload - 4;
      byte[] header = {
        0x16, 3, 1, (byte) (payload >> 8), (byte) payload, 1, 0, (byte) (body >> 8), (byte) body
      };
      int headed =
          switch (this) {
            case GARBAGE -> 0;
            case A_RECORD -> 5;
            case A_HELLO -> 9;
          };
      System.arraycopy(header, 0, bytes, 0, Math.min(headed, length));
      return bytes;
    }
  }

  @Test
  void aHelloWithAnyBitFlippedReachesTheCoverUnlessItsTimeIsStillNear() throws Exception {
    ClientKeys keys = ClientKeys.generate();
    Hellos hellos = Hellos.classic(SECRET).withKeys(keys).at(clock.instant());
    AtomicInteger served = new AtomicInteger();
    inParallel(
        8 * hellos.build().bytes().length,
        bit -> {
          byte[] hello = hellos.build().bytes();
          hello[bit / 8] ^= (byte) (1 << (bit % 8));
          int ofTime = bit - 8 * TIME;
          if (ofTime >= 0 && ofTime < 32 && (1L << ofTime) <= 120) {
            expectServed(new ClientHello(hello, TestNode.KEY, keys));
            served.incrementAndGet();
          } else {
            expectAtTheCover(hello);
          }
        });
    assertThat(served).hasValue(7); // 1 to 64 seconds
  }

  @Test
  void ofTwoEqualHellosAtOneInstantOneWins() throws Exception {
    // From then on the address is known, and no hello from it waits for a search at the cover.
    node.relayed().client().close();
    node.cover.take(SOON).close();
    for (int round = 0; round < 20; round++) {
      byte[] hello = Hellos.classic(SECRET).build().bytes();
      List<Integer> answers = new ArrayList<>();
      try (RawSocket a = node.connectRaw();
          RawSocket b = node.connectRaw()) {
        Thread first = Thread.ofVirtual().start(() -> send(a, hello));
        Thread second = Thread.ofVirtual().start(() -> send(b, hello));
        first.join();
        second.join();
        // On a busy machine the winner's hello may come so late that the cover was dialled for it
        // too.
        RawSocket site = node.cover.take(SOON);
        byte[] come = site.read(hello.length);
        if (come.length == 0) {
          site.close();
          site = node.cover.take(SOON);
          come = site.read(hello.length);
        }
        assertThat(come).isEqualTo(hello);
        site.close();
        answers.add(a.read(1).length);
        answers.add(b.read(1).length);
      }
      assertThat(answers).containsExactlyInAnyOrder(0, 1);
    }
  }

  private static void send(RawSocket socket, byte[] bytes) {
    try {
      socket.send(bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void expectServed(ClientHello hello) throws IOException {
    try (FakeTlsClient client = node.connect()) {
      client.raw().send(hello.bytes());
      client.readFlight(hello);
    }
  }

  /** A stranger that sends so much and half-closes meets the cover of {@link #inParallel}. */
  private void expectAtTheCover(byte[] bytes) throws IOException {
    try (RawSocket stranger = node.connectRaw()) {
      stranger.send(bytes);
      stranger.halfClose();
      RawSocket.Rest rest = stranger.readToEnd();
      assertThat(rest.ending()).as("after %d bytes", rest.bytes().length).isEqualTo(Ending.FIN);
      assertThat(rest.bytes()).isEqualTo(bytes);
    }
  }

  private interface Attempt {
    void run(int number) throws Exception;
  }

  /** Runs attempts 16 at a time, at a cover that gives back what came when it has come whole. */
  private void inParallel(int count, Attempt attempt) throws Exception {
    Thread site =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    while (true) {
                      RawSocket connection = node.cover.take(SOON);
                      Thread.ofVirtual().start(() -> giveBack(connection));
                    }
                  } catch (IOException e) {
                    // Nobody came for a while: the test is over.
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    try (var pool = Executors.newFixedThreadPool(16)) {
      List<Callable<Void>> attempts = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int number = i;
        attempts.add(
            () -> {
              attempt.run(number);
              return null;
            });
      }
      for (Future<Void> done : pool.invokeAll(attempts)) {
        done.get();
      }
    }
    site.interrupt();
    site.join();
  }

  private static void giveBack(RawSocket connection) {
    try (connection) {
      connection.send(connection.readToEnd().bytes());
    } catch (IOException e) {
      // It was for a client that was slow with its hello, was served and is gone.
    }
  }
}
