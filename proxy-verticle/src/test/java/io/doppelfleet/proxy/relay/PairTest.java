package io.doppelfleet.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.TrafficReport;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.address.ListGate;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.leg.DescriptorLeg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.TestLoop;
import io.doppelfleet.proxy.record.RecordReader;
import io.doppelfleet.proxy.transport.TestClient;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is left of a pair when one or both of its ends are over. */
final class PairTest {
  private static final NamedSecret SECRET =
      new NamedSecret("alice", Secret.of(new byte[16], "cover.example"));
  private static final InetAddress FROM = InetAddress.ofLiteral("192.0.2.1");

  private final Scratch scratch = PassageTest.scratch(Shaping.FULL);
  private final PairTable.Accounts accounts = new PairTable.Accounts();
  private final PairTable table = new PairTable(Duration.ofMinutes(5), accounts, scratch);
  private TestLoop test;
  private DescriptorLeg nearLeg;
  private DescriptorLeg farLeg;
  private Socket near;
  private Socket far;
  private @Nullable Served served;

  @BeforeEach
  void connectBoth() throws Exception {
    test = new TestLoop();
    nearLeg = test.leg(LegHandler.NOBODY);
    near = test.accept();
    farLeg = test.leg(LegHandler.NOBODY);
    far = test.accept();
  }

  @AfterEach
  void end() throws Exception {
    test.close();
  }

  @Test
  void aCoverThatHasForgottenItsClosedSocketEndsThePairUnheard() throws Exception {
    splice();
    far.shutdownOutput();
    assertThat(near.getInputStream().read()).isEqualTo(-1);
    assertThat(accounts.strangers()).hasValue(1);
    int idle = test.askedAfter(farLeg);
    assertThat(idle).isGreaterThan(60).isLessThan(90);
    seconds(idle);
    reset(far); // what a kernel answers to the question
    await().atMost(5, TimeUnit.SECONDS).until(() -> accounts.strangers().get() == 0);
    // Nothing was said to the stranger, whose first byte now meets what a closed socket's would.
    near.getOutputStream().write(1);
    await()
        .atMost(5, TimeUnit.SECONDS)
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> near.getOutputStream().write(2))
                    .isInstanceOf(IOException.class));
  }

  @Test
  void aCoverThatResetsWhatItWasSentLateResetsTheStranger() throws Exception {
    splice();
    far.shutdownOutput();
    assertThat(near.getInputStream().read()).isEqualTo(-1);
    seconds(70);
    near.getOutputStream().write(1);
    assertThat(far.getInputStream().read()).isEqualTo(1);
    reset(far);
    await().atMost(5, TimeUnit.SECONDS).until(() -> accounts.strangers().get() == 0);
    assertThatThrownBy(() -> near.getOutputStream().write(2)).isInstanceOf(IOException.class);
  }

  @Test
  void nothingOfAClientsKeysIsKeptWhenItsPairIsOver() throws Exception {
    WeakReference<byte[]> secret = serve();
    near.getOutputStream().write(new byte[] {0x17, 3, 3, 0, 2, 5, 6});
    assertThat(far.getInputStream().readNBytes(2)).hasSize(2);
    assertThat(secret.get()).isNotNull();
    reset(near);
    await().atMost(5, TimeUnit.SECONDS).until(() -> accounts.clients().get() == 0);
    served = null;
    test.on(
        () -> {
          nearLeg.handTo(LegHandler.NOBODY); // or the test itself would keep the pair
          farLeg.handTo(LegHandler.NOBODY);
          return null;
        });
    await()
        .atMost(10, TimeUnit.SECONDS)
        .until(
            () -> {
              System.gc();
              return secret.get() == null;
            });
  }

  @Test
  void whatASecretMovedIsKeptUntilItsBookIsClosedThoughItsAccountIsForgotten() throws Exception {
    Books books = accounts.books();
    serve();
    near.getOutputStream().write(new byte[] {0x17, 3, 3, 0, 2, 5, 6});
    assertThat(far.getInputStream().readNBytes(2)).hasSize(2);
    // The bytes are sent before they are counted.
    await()
        .atMost(5, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(books.now()).containsExactly(count(1, 2, 1)));
    assertThat(books.unused(secret -> false)).isEmpty();
    reset(near);
    await().atMost(5, TimeUnit.SECONDS).until(() -> accounts.clients().get() == 0);
    assertThat(books.unused(secret -> true)).isEmpty();
    List<Account> unused = books.unused(secret -> false);
    assertThat(unused).hasSize(1);
    test.on(
        () -> {
          books.close(books.now()); // it has an account yet
          table.forget(unused);
          return null;
        });
    assertThat(books.unused(secret -> false)).isEmpty();
    assertThat(books.now()).containsExactly(count(1, 2, 0));
    books.close(List.of(count(1, 1, 0)));
    assertThat(books.now()).containsExactly(count(1, 2, 0));
    books.close(books.now());
    assertThat(books.now()).isEmpty();
    assertThat(test.on(() -> table.account(SECRET))).isNotSameAs(unused.getFirst());
    assertThat(books.now()).containsExactly(new TrafficReport.Count(SECRET.name(), 2, 0, 0, 0, 0));
  }

  private static TrafficReport.Count count(long counter, long up, int open) {
    return new TrafficReport.Count(SECRET.name(), counter, up, 0, 1, open);
  }

  @Test
  void aPairKnowsBySecretAndAddressWhomItServesAndCountsItsBytes() throws Exception {
    for (String address : List.of("192.0.2.77", "2001:db8::7:8", "0.0.0.0", "::1")) {
      InetAddress from = InetAddress.ofLiteral(address);
      Served served = new Served(table.account(SECRET), AddressBits.of(from), ListGate.OPEN) {};
      assertThat(served.from()).isEqualTo(from);
      assertThat(served.secret()).isSameAs(SECRET);
    }
    serve();
    Served pair = Objects.requireNonNull(served);
    assertThat(pair.from()).isEqualTo(FROM);
    byte[] up = new byte[1_000_003];
    byte[] down = new byte[2_000_007];
    Thread writer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    for (int at = 0; at < up.length; at += 10_000) {
                      int length = Math.min(10_000, up.length - at);
                      byte[] header = {0x17, 3, 3, (byte) (length >> 8), (byte) length};
                      near.getOutputStream().write(header);
                      near.getOutputStream().write(up, at, length);
                    }
                    far.getOutputStream().write(down);
                  } catch (IOException e) {
                    throw new IllegalStateException(e);
                  }
                });
    assertThat(far.getInputStream().readNBytes(up.length)).hasSize(up.length);
    int payload = 0;
    while (payload < down.length) {
      byte[] header = near.getInputStream().readNBytes(5);
      int length = (header[3] & 0xff) << 8 | (header[4] & 0xff);
      payload += near.getInputStream().readNBytes(length).length;
    }
    writer.join();
    assertThat(test.on(pair::up)).isEqualTo(up.length);
    assertThat(test.on(pair::down)).isEqualTo(down.length);
    assertThat(accounts.up().sum()).isEqualTo(up.length);
    assertThat(accounts.down().sum()).isEqualTo(down.length);
  }

  /**
   * The end of a burst waits for more; then more comes than one turn of the loop takes, and the
   * time of what waited is over before the next turn.
   */
  @Test
  void theTimeOfBytesThatHaveGoneCutsNoRecordShort() throws Exception {
    serve();
    Pair pair = (Pair) Objects.requireNonNull(served);
    Passage passage = new Passage.Download();
    Side down = new Side(pair, farLeg, nearLeg, passage);
    test.on(
        () -> {
          down.begin();
          return null;
        });
    Thread reader = Thread.ofVirtual().start(() -> drain(near));
    int turns = 0;
    // On a busy machine hardly a turn finds more than it takes.
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (turns < 10 && System.nanoTime() < deadline) {
      Thread writer = Thread.ofVirtual().start(() -> write(far, 2_000_000));
      Long passed =
          test.on(
              () -> {
                Thread.sleep(5); // as much comes as the kernel holds
                down.readable();
                if (passage.waits()) {
                  return null; // it took all
                }
                long before = pair.down();
                Thread.sleep(5); // longer than bytes wait for more
                down.wake();
                return pair.down() - before;
              });
      if (passed != null) {
        assertThat(passed).isZero();
        turns++;
      }
      writer.join();
      Thread.sleep(60); // the next one is another response
    }
    near.close();
    reader.join();
  }

  @Test
  void manyThatWereIdleForTooLongAreClosedSomeAtEachTick() throws Exception {
    int most = PairTable.CLOSED_A_TICK;
    List<Integer> closed =
        test.on(
            () -> {
              for (int i = 0; i < 2 * most + 1; i++) {
                table.add(pair(table));
              }
              for (int second = 0; second < 300; second++) {
                assertThat(table.tick()).isZero();
              }
              return List.of(table.tick(), table.tick(), table.tick(), table.tick());
            });
    assertThat(closed).containsExactly(most, most, 1, 0);
    assertThat(accounts.idled().sum()).isEqualTo(2 * most + 1);
    assertThat(accounts.clients()).hasValue(0);
  }

  @Test
  void whoIsIdleIsClosedThoughOthersBecomeIdleAsFastAsTheyAreClosed() throws Exception {
    PairTable brief = new PairTable(Duration.ofSeconds(1), accounts, scratch);
    int place =
        test.on(
            () -> {
              Pair first = pair(brief);
              brief.add(first);
              for (int second = 0; second < 8; second++) {
                for (int i = 0; i < PairTable.CLOSED_A_TICK; i++) {
                  brief.add(pair(brief));
                }
                brief.tick();
              }
              return first.place;
            });
    assertThat(place).as("in no table").isNegative();
  }

  private static void write(Socket socket, int bytes) {
    try {
      socket.getOutputStream().write(new byte[bytes]);
    } catch (IOException e) {
      // The test closed it.
    }
  }

  private static void drain(Socket socket) {
    try {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // The test closed it.
    }
  }

  /** The result is kept by who keeps its keys. */
  private WeakReference<byte[]> serve() throws Exception {
    TestClient client = TestClient.random(new Random(1));
    test.on(
        () -> {
          Pair pair = pair(client, table);
          served = pair;
          pair.start(Unpooled.EMPTY_BUFFER);
          return null;
        });
    return new WeakReference<>(client.secret());
  }

  private Pair pair(PairTable table) {
    return pair(TestClient.random(new Random(1)), table);
  }

  private Pair pair(TestClient client, PairTable table) {
    return Pair.serve(
        SECRET,
        AddressBits.of(FROM),
        ListGate.OPEN,
        nearLeg,
        new RecordReader(true),
        client.opened(),
        farLeg,
        table);
  }

  private void splice() throws Exception {
    test.on(
        () -> {
          Pair.splice(nearLeg, farLeg, null, table).start(Unpooled.EMPTY_BUFFER);
          return null;
        });
  }

  private void seconds(int count) throws Exception {
    test.on(
        () -> {
          for (int i = 0; i < count; i++) {
            table.tick();
          }
          return null;
        });
  }

  private static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }
}
