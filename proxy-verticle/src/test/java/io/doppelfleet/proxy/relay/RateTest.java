package io.doppelfleet.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.Settings;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.address.ListGate;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.Legs;
import io.doppelfleet.proxy.leg.LoopBytes;
import io.doppelfleet.proxy.leg.TestLoop;
import io.doppelfleet.proxy.record.RecordReader;
import io.doppelfleet.proxy.transport.TestClient;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How fast a limited secret's bytes pass. */
@Timeout(60)
final class RateTest {
  private static final NamedSecret ALICE =
      new NamedSecret("alice", Secret.of(new byte[16], "cover.example"));
  private static final long SECOND = 1_000_000_000L;
  private static final int KIB = 1024;
  private static final int PAIRS = 6;

  @Test
  void aQuarterOfASecondsBytesPassAtOnceAndThenAsManyAsItsTimeLets() {
    Rate rate = new Rate(1024 * KIB, 0);
    rate.passed(256 * KIB, 0);
    assertThat(rate.pause(0)).isZero();
    rate.passed(512 * KIB, 0);
    assertThat(rate.pause(0)).isEqualTo(SECOND / 2);
    assertThat(rate.pause(SECOND / 4)).isEqualTo(SECOND / 4);
    assertThat(rate.pause(SECOND / 2)).isZero();
    // However long it rests, no more than that comes at once.
    rate.passed(257 * KIB, 100 * SECOND);
    assertThat(rate.pause(100 * SECOND)).isEqualTo(SECOND / 1024);
  }

  @Test
  void whatPassesWhileTheRateChangesIsWaitedForByTheOneThatHolds() throws Exception {
    int chunks = 20_000;
    Rate rate = new Rate(1 << 30, 0);
    AtomicBoolean over = new AtomicBoolean();
    Thread changes =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!over.get()) {
                    rate.become(1, 0);
                    rate.become(1 << 30, 0);
                  }
                });
    for (int i = 0; i < chunks; i++) {
      rate.passed(KIB, 0);
    }
    over.set(true);
    changes.join();
    rate.become(1 << 30, 0);
    assertThat(rate.pause(0)).isLessThan(chunks * SECOND / (1 << 20) * 2);
  }

  @Test
  void aChunkIsNoLongerThanASixteenthOfASecond() {
    assertThat(new Rate(1 << 10, 0).most()).isEqualTo(LoopBytes.SMALLEST_READ);
    assertThat(new Rate(512 * KIB, 0).most()).isEqualTo(32 * KIB);
    assertThat(new Rate(1L << 40, 0).most()).isEqualTo(Legs.CHUNK);
  }

  @ParameterizedTest
  @EnumSource(TestLoop.Pump.class)
  void aPairWaitsForItsTimeAndLosesNothing(TestLoop.Pump pump) throws Exception {
    PairTable.Accounts accounts = new PairTable.Accounts();
    PairTable table =
        new PairTable(Duration.ofMinutes(5), accounts, PassageTest.scratch(Shaping.FULL));
    limit(accounts.books(), 512L * KIB);
    try (TestLoop test = new TestLoop(pump)) {
      Ends ends = serve(test, table);
      Socket near = ends.near();
      Socket far = ends.far();
      long begin = System.nanoTime();
      Thread writer = Thread.ofVirtual().start(() -> write(far, 512 * KIB));
      assertThat(payload(near.getInputStream(), 512 * KIB)).isEqualTo(512 * KIB);
      long took = System.nanoTime() - begin;
      writer.join();
      // But for the first quarter of a second's, and the last read, which passes whole.
      assertThat(took).isBetween(SECOND * 5 / 8, 5 * SECOND);

      // Without the limit all that comes passes at once.
      limit(accounts.books(), null);
      begin = System.nanoTime();
      writer = Thread.ofVirtual().start(() -> write(far, 4096 * KIB));
      assertThat(payload(near.getInputStream(), 4096 * KIB)).isEqualTo(4096 * KIB);
      writer.join();
      assertThat(System.nanoTime() - begin).isLessThan(4 * SECOND);
    }
  }

  @ParameterizedTest
  @EnumSource(TestLoop.Pump.class)
  void pairsOfASecretShareItsRate(TestLoop.Pump pump) throws Exception {
    PairTable.Accounts accounts = new PairTable.Accounts();
    PairTable table =
        new PairTable(Duration.ofMinutes(5), accounts, PassageTest.scratch(Shaping.FULL));
    // A chunk is 16 KiB, of which the kernel has several; a channel's read is as long as any.
    long rate = (pump == TestLoop.Pump.DESCRIPTORS ? 256L : 2048L) * KIB;
    limit(accounts.books(), rate);
    long begin = System.nanoTime();
    try (TestLoop test = new TestLoop(pump)) {
      List<Ends> all = new ArrayList<>();
      AtomicLongArray came = new AtomicLongArray(PAIRS);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < PAIRS; i++) {
        int number = i;
        Ends ends = serve(test, table);
        all.add(ends);
        threads.add(Thread.ofVirtual().start(() -> write(ends.far(), 8192 * KIB)));
        threads.add(Thread.ofVirtual().start(() -> readOn(ends.near(), came, number)));
      }
      Thread.sleep(3000);
      long[] shares = IntStream.range(0, PAIRS).mapToLong(came::get).toArray();
      long millis = (System.nanoTime() - begin) / 1_000_000 + 1;
      for (Ends ends : all) {
        test.on(
            () -> {
              ends.pair().cut();
              return null;
            });
        ends.far().close();
        ends.near().close();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      // In a tenth more there are the headers; on channels each first read passes whole.
      assertThat(LongStream.of(shares).sum())
          .isLessThan((rate * (millis + 250) / 1000 + PAIRS * 60L * KIB) * 11 / 10);
      assertThat(LongStream.of(shares).min().orElseThrow())
          .isGreaterThan(LongStream.of(shares).max().orElseThrow() / 3);
    }
  }

  /** At the least rate each read is followed by a pause of a second. */
  @ParameterizedTest
  @EnumSource(TestLoop.Pump.class)
  void nothingWaitsInTheProcessForAsLongAsTheRateDoes(TestLoop.Pump pump) throws Exception {
    PairTable.Accounts accounts = new PairTable.Accounts();
    PairTable table =
        new PairTable(Duration.ofMinutes(5), accounts, PassageTest.scratch(Shaping.FULL));
    limit(accounts.books(), (long) KIB);
    try (TestLoop test = new TestLoop(pump)) {
      Ends ends = serve(test, table);
      write(ends.far(), 64 * KIB);
      payload(ends.near().getInputStream(), 1);
      long begin = System.nanoTime();
      int waits = 0;
      do {
        waits = test.on(ends.pair()::waiting) == 0 ? 0 : waits + 1;
        Thread.sleep(20);
      } while (waits < 40 && System.nanoTime() - begin < 2 * SECOND);
      assertThat(waits).isLessThan(40);
    }
  }

  /** A pair, and what is at its ends. */
  private record Ends(Pair pair, Socket near, Socket far) {}

  private static Ends serve(TestLoop test, PairTable table) throws Exception {
    Leg nearLeg = leg(test);
    Socket near = test.accept();
    Leg farLeg = leg(test);
    Socket far = test.accept();
    Pair pair =
        test.on(
            () -> {
              Pair made =
                  Pair.serve(
                      ALICE,
                      AddressBits.of(InetAddress.ofLiteral("192.0.2.1")),
                      ListGate.OPEN,
                      nearLeg,
                      new RecordReader(true),
                      TestClient.random(new Random(1)).opened(),
                      farLeg,
                      table);
              made.start(Unpooled.EMPTY_BUFFER);
              return made;
            });
    return new Ends(pair, near, far);
  }

  private static void readOn(Socket socket, AtomicLongArray came, int number) {
    byte[] bytes = new byte[KIB];
    try {
      for (int come = 0; come >= 0; come = socket.getInputStream().read(bytes)) {
        came.addAndGet(number, come);
      }
    } catch (IOException e) {
      // The test ended it.
    }
  }

  private static void limit(Books books, @Nullable Long rate) {
    KeyGeneration key = new KeyGeneration(1, ALICE.secret(), Instant.EPOCH, null);
    Limits limits = new Limits(null, null, Map.of(), rate, null);
    FleetSecret secret = new FleetSecret("alice", List.of(key), limits, Set.of());
    books.limit(new FleetState(1, List.of(secret), List.of(), List.of(), Settings.DEFAULTS));
  }

  private static Leg leg(TestLoop test) throws Exception {
    Channel channel = test.connect();
    return test.on(() -> test.legs().take(channel, "", LegHandler.NOBODY));
  }

  private static void write(Socket socket, int bytes) {
    try {
      socket.getOutputStream().write(new byte[bytes]);
    } catch (IOException e) {
      // The test closed it.
    }
  }

  /** What is in records, until there are so many. */
  private static int payload(InputStream in, int bytes) throws IOException {
    int payload = 0;
    while (payload < bytes) {
      byte[] header = in.readNBytes(5);
      int length = (header[3] & 0xff) << 8 | (header[4] & 0xff);
      payload += in.readNBytes(length).length;
    }
    return payload;
  }
}
