package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.KEY;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many connections, and many bytes, through a node in a process of its own. */
@Tag("crowd")
final class ManyTest {
  private static final int HELD = 8_000;
  private static final long BULK = 1L << 30;
  private static final int PIECE = 256 * 1024;

  /** Each buffer of Netty's is watched; under Vert.x none is unless one asks for it. */
  private static final String LEAK_DETECTION = "-Dio.netty.leakDetection.level=paranoid";

  @TempDir Path directory;

  @Test
  void eightThousandHeldConnectionsAllAnswerAndLeaveNothing() throws Exception {
    List<String> watched = List.of("env", ProcessNode.JAVA_OPTIONS + " " + LEAK_DETECTION);
    try (EchoDatacenter datacenter = EchoDatacenter.start();
        ProcessNode node = ProcessNode.start(directory, SECRET, datacenter.address(), watched);
        ExecutorService pool = Executors.newFixedThreadPool(8)) {
      final long descriptors = node.descriptors();
      List<FakeTlsClient> held = inParallel(pool, HELD, i -> open(node));
      for (int round = 0; round < 2; round++) {
        inParallel(
            pool,
            HELD,
            i -> {
              byte[] message = message(i);
              held.get(i).say(message, 100);
              assertThat(held.get(i).hear(message.length)).isEqualTo(message);
              return i;
            });
      }
      for (FakeTlsClient client : held) {
        client.close();
      }
      await().atMost(Duration.ofSeconds(20)).until(() -> node.descriptors() <= descriptors);
      // What was lost is told of when more buffers are made after a collection.
      node.heap().collect();
      for (int i = 0; i < 10; i++) {
        open(node).close();
      }
      assertThat(node.stop()).isZero();
      assertThat(node.log())
          .doesNotContain("ERROR")
          .doesNotContain("LEAK")
          .contains("0 connections cut");
    }
  }

  @Test
  void aGigabyteEachWayArrivesWholeWhileTwoHundredOthersTalk() throws Exception {
    try (EchoDatacenter datacenter = EchoDatacenter.start();
        ProcessNode node = ProcessNode.start(directory, SECRET, datacenter.address());
        ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      List<FakeTlsClient> talkers = inParallel(pool, 200, i -> open(node));
      FakeTlsClient bulk = open(node);
      CRC32C sent = new CRC32C();
      Future<?> up =
          pool.submit(
              () -> {
                RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
                byte[] piece = new byte[PIECE];
                random.nextBytes(piece);
                for (long done = 0; done < BULK; done += PIECE) {
                  piece[(int) (done / PIECE % PIECE)] = (byte) random.nextInt();
                  sent.update(piece);
                  bulk.say(piece, 16_384);
                }
                return null;
              });
      Future<CRC32C> down =
          pool.submit(
              () -> {
                CRC32C heard = new CRC32C();
                for (long done = 0; done < BULK; done += PIECE) {
                  heard.update(bulk.hear(PIECE));
                }
                return heard;
              });
      int rounds = 0;
      while (!down.isDone()) {
        inParallel(
            pool,
            talkers.size(),
            i -> {
              byte[] message = message(i);
              talkers.get(i).say(message, 100);
              assertThat(talkers.get(i).hear(message.length)).isEqualTo(message);
              return i;
            });
        rounds++;
        Thread.sleep(50);
      }
      up.get();
      assertThat(down.get().getValue()).isEqualTo(sent.getValue());
      assertThat(rounds).isPositive();
      bulk.close();
      for (FakeTlsClient talker : talkers) {
        talker.close();
      }
      assertThat(node.stop()).isZero();
      assertThat(node.log()).doesNotContain("ERROR");
    }
  }

  private static FakeTlsClient open(ProcessNode node) throws Exception {
    FakeTlsClient client = FakeTlsClient.connect(node.address());
    var hello = Hellos.classic(SECRET).build();
    client.raw().send(hello.bytes());
    client.readFlight(hello);
    client.open(
        Obfuscated2.open(
            KEY, Obfuscated2.PADDED_INTERMEDIATE, 2, RandomGenerator.of("L64X128MixRandom")),
        message(42));
    assertThat(client.hear(message(42).length)).isEqualTo(message(42));
    return client;
  }

  /** Long enough for a record, so that it does not wait for more. */
  private static byte[] message(int number) {
    return ByteBuffer.allocate(32).putInt(number).array();
  }

  private interface Numbered<T> {
    T run(int number) throws Exception;
  }

  private static <T> List<T> inParallel(ExecutorService pool, int count, Numbered<T> work)
      throws Exception {
    List<Callable<T>> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      calls.add(() -> work.run(number));
    }
    List<T> results = new ArrayList<>();
    for (Future<T> done : pool.invokeAll(calls)) {
      results.add(done.get());
    }
    return results;
  }
}
