package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.bench.client.ClientKeys;
import io.doppelfleet.bench.client.FakeTlsClient;
import io.doppelfleet.bench.client.Hellos;
import io.doppelfleet.bench.tcp.RawSocket;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.ProxyOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hellos that are cut, flipped, garbage, or one of very many secrets. */
final class HelloTest {
  @TempDir Path state;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    List<NamedSecret> secrets = new ArrayList<>();
    for (int i = 0; i < 9_999; i++) {
      byte[] key = new byte[Secret.KEY_LENGTH];
      RANDOM.nextBytes(key);
      secrets.add(new NamedSecret("user" + i, Secret.of(key, SECRET.host())));
    }
    secrets.add(new NamedSecret("last", SECRET));
    node =
        TestNode.start(
            state, ProxyOptions.Limits.defaults(), new FleetState(1, List.copyOf(secrets)));
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    node.closeOnceEmpty();
  }

  @Test
  void theLastOfTenThousandSecretsIsFound() throws Exception {
    node.relayed().client().close();
  }

  @Test
  void aHelloCutAtEachByteReachesTheCoverAsItIs() throws Exception {
    byte[] hello = Hellos.classic(SECRET).build().bytes();
    inParallel(
        hello.length - 1,
        cut -> {
          byte[] part = Arrays.copyOf(hello, cut + 1);
          try (RawSocket stranger = node.connectRaw()) {
            stranger.send(part);
            stranger.halfClose();
            // The cover closes too, once all has come.
            assertThat(stranger.readToEnd().bytes()).isEmpty();
          }
        });
    await().atMost(SOON).until(() -> node.node.connections() == 0);
  }

  @Test
  void garbageOfEveryLengthReachesTheCover() throws Exception {
    inParallel(
        8 * 1024,
        i -> {
          byte[] garbage = new byte[1 + i];
          synchronized (RANDOM) {
            RANDOM.nextBytes(garbage);
          }
          try (RawSocket stranger = node.connectRaw()) {
            stranger.send(garbage);
            stranger.halfClose();
            assertThat(stranger.readToEnd().bytes()).isEmpty();
          }
        });
  }

  @Test
  void aHelloWithAnyBitFlippedIsNoClientUnlessTheBitIsOneOfItsTime() throws Exception {
    int length = Hellos.classic(SECRET).build().bytes().length;
    ClientKeys keys = ClientKeys.generate();
    inParallel(
        8 * length,
        bit -> {
          int at = bit / 8; // the time's four bytes are 39 to 42
          byte[] hello = Hellos.classic(SECRET).withKeys(keys).build().bytes();
          hello[at] ^= (byte) (1 << (bit % 8));
          if (at >= 39 && at <= 42) {
            return;
          }
          try (RawSocket stranger = node.connectRaw()) {
            stranger.send(hello);
            stranger.halfClose();
            assertThat(stranger.readToEnd().bytes()).describedAs("byte %d", at).isEmpty();
          }
        });
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

  @Test
  void newClientsAreServedWithinASecondUnderTwoHundredForeignHellosASecond() throws Exception {
    int clients = 100;
    List<Long> millis = new ArrayList<>();
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> flood =
          pool.submit(
              () -> {
                long from = System.nanoTime();
                for (int i = 0; i < 1000; i++) {
                  byte[] foreign = Hellos.classic(SECRET).withWrongDigest().build().bytes();
                  long due = from + i * 5_000_000L - System.nanoTime();
                  if (due > 0) {
                    Thread.sleep(due / 1_000_000, (int) (due % 1_000_000));
                  }
                  RawSocket stranger = node.connectRaw();
                  stranger.send(foreign);
                  stranger.halfClose();
                }
                return null;
              });
      for (int i = 0; i < clients; i++) {
        long began = System.nanoTime();
        try (FakeTlsClient client = node.connect()) {
          var hello = Hellos.classic(SECRET).build();
          client.raw().send(hello.bytes());
          client.readFlight(hello);
        }
        millis.add((System.nanoTime() - began) / 1_000_000);
        Thread.sleep(20);
      }
      flood.get();
    }
    assertThat(millis.stream().filter(m -> m > 1000).count()).isLessThanOrEqualTo(clients / 100);
  }

  private static void send(RawSocket socket, byte[] bytes) {
    try {
      socket.send(bytes);
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Attempt {
    void run(int number) throws Exception;
  }

  /** Runs attempts 16 at a time, while the cover closes whatever half-closes. */
  private void inParallel(int count, Attempt attempt) throws Exception {
    Thread site =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    while (true) {
                      RawSocket connection = node.cover.take(SOON);
                      Thread.ofVirtual()
                          .start(
                              () -> {
                                try (connection) {
                                  connection.readToEnd();
                                } catch (java.io.IOException e) {
                                  throw new IllegalStateException(e);
                                }
                              });
                    }
                  } catch (java.io.IOException e) {
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
}
