package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.KEY;
import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.doppel.FlightModel;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.hello.HelloKind;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.RawServer;
import io.doppelfleet.standin.tcp.RawSocket;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client's flight leaves no sooner than a stranger would see the cover's. */
@Timeout(60)
final class DepartureTest {
  @TempDir Path state;

  @Test
  void aHelloThatComesWithItsConnectionWaitsForTheDialAndTheAnswer() throws Exception {
    try (TestNode node = node(300, 200)) {
      for (int trial = 0; trial < 3; trial++) {
        long begin = System.nanoTime();
        try (FakeTlsClient client = node.connect()) {
          var hello = Hellos.classic(SECRET).build();
          client.raw().send(hello.bytes());
          client.readFlight(hello);
          assertThat(millisSince(begin)).isGreaterThanOrEqualTo(499);
        }
      }
    }
  }

  @Test
  void aHelloThatComesLateWaitsForTheAnswerAlone() throws Exception {
    try (TestNode node = node(1_000, 200)) {
      List<Long> millis = new ArrayList<>();
      for (int trial = 0; trial < 3; trial++) {
        try (FakeTlsClient client = node.connect()) {
          Thread.sleep(Duration.ofMillis(1_100)); // the cover was dialled meanwhile
          var hello = Hellos.classic(SECRET).build();
          long begin = System.nanoTime();
          client.raw().send(hello.bytes());
          client.readFlight(hello);
          millis.add(millisSince(begin));
        }
      }
      assertThat(millis).allMatch(m -> m >= 199).anyMatch(m -> m < 1_000);
    }
  }

  @Test
  void beforeTheCoverWasAskedAFlightLeavesAtOnce() throws Exception {
    try (TestNode node = TestNode.start(state)) {
      List<Long> millis = new ArrayList<>();
      for (int trial = 0; trial < 5; trial++) {
        try (FakeTlsClient client = node.connect()) {
          var hello = Hellos.classic(SECRET).build();
          long begin = System.nanoTime();
          client.raw().send(hello.bytes());
          client.readFlight(hello);
          millis.add(millisSince(begin));
        }
      }
      assertThat(millis).anyMatch(m -> m < 100);
    }
  }

  @Test
  void whatAClientSendsBeforeItsFlightIsServedAfterIt() throws Exception {
    try (TestNode node = node(200, 200)) {
      for (boolean pause : new boolean[] {false, true}) {
        try (FakeTlsClient client = node.connect()) {
          var hello = Hellos.classic(SECRET).build();
          client.raw().send(hello.bytes());
          if (pause) {
            Thread.sleep(50);
          }
          client.open(
              Obfuscated2.open(KEY, Obfuscated2.PADDED_INTERMEDIATE, 2, RANDOM), new byte[] {9});
          client.readFlight(hello);
          var socket = node.datacenter.take(SOON);
          byte[] first = socket.read(Obfuscated2.HEADER_LENGTH + 1);
          assertThat(first).hasSize(Obfuscated2.HEADER_LENGTH + 1);
        }
      }
    }
  }

  @Test
  void aClientThatLeavesBeforeItsFlightLeavesNothing() throws Exception {
    try (TestNode node = node(0, 8_000)) {
      FakeTlsClient client = node.connect();
      client.raw().send(Hellos.classic(SECRET).build().bytes());
      assertThat(client.raw().isQuiet(Duration.ofMillis(300))).isTrue();
      assertThat(node.node.connections()).isEqualTo(1);
      client.raw().reset();
      await().atMost(SOON).until(() -> node.node.connections() == 0);
      assertThat(
              node.meters
                  .get("doppelfleet.phase.failures")
                  .tag("phase", "welcome")
                  .tag("reason", "left")
                  .counter()
                  .count())
          .isEqualTo(1);
    }
  }

  @Test
  void aClientThatHalfClosesBeforeItsFlightIsClosedAfterIt() throws Exception {
    try (TestNode node = node(100, 200);
        FakeTlsClient client = node.connect()) {
      var hello = Hellos.classic(SECRET).build();
      client.raw().send(hello.bytes());
      client.raw().halfClose();
      client.readFlight(hello);
      assertThat(client.raw().readToEnd().bytes()).isEmpty();
      await().atMost(SOON).until(() -> node.node.connections() == 0);
    }
  }

  /**
   * Up to twice as long as what was learnt of the cover before says. A stranger whose cover was
   * dialled before all of its hello came isn't counted, so there are as many as it takes.
   */
  @Test
  void clientsWaitAsLongAsTheStrangersOfLate() throws Exception {
    try (TestNode node = node(120, 50)) {
      List<Long> waits = new ArrayList<>(List.of(waitOfAClient(node))); // others aren't compared
      for (int round = 0; round < 12 && waits.getLast() < 299; round++) {
        strangersWait(node, Duration.ofMillis(300));
        waits.add(waitOfAClient(node));
      }
      assertThat(waits.getLast()).as("%s", waits).isGreaterThanOrEqualTo(299);
    }
  }

  private static long waitOfAClient(TestNode node) throws Exception {
    try (FakeTlsClient client = node.connect()) {
      var hello = Hellos.classic(SECRET).build();
      long begin = System.nanoTime();
      client.raw().send(hello.bytes());
      client.readFlight(hello);
      return millisSince(begin);
    }
  }

  private static void strangersWait(TestNode node, Duration time) throws Exception {
    List<RawSocket> strangers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      RawSocket stranger = node.connectRaw();
      strangers.add(stranger);
      stranger.send(Hellos.classic(SECRET).withWrongDigest().build().bytes());
    }
    Thread.sleep(time);
    byte[] serverHello = new byte[95];
    System.arraycopy(new byte[] {22, 3, 3, 0, 90, 2, 0, 0, 86, 3, 3, 7}, 0, serverHello, 0, 12);
    Thread answering = Thread.ofVirtual().start(() -> answerAll(node.cover, serverHello));
    for (RawSocket stranger : strangers) {
      assertThat(stranger.read(serverHello.length)).isEqualTo(serverHello);
      stranger.close();
    }
    answering.interrupt();
    answering.join();
  }

  /** The one that was dialled for the client too, if it was. */
  private static void answerAll(RawServer cover, byte[] answer) {
    try {
      while (true) {
        RawSocket asked = cover.take(SOON);
        try {
          asked.send(answer);
        } catch (IOException theClientsHasEnded) {
          asked.close();
        }
      }
    } catch (IOException | InterruptedException e) {
      // The test goes on.
    }
  }

  private TestNode node(int dialMillis, int delayMillis) throws Exception {
    TestNode node = TestNode.start(state);
    HostPort site = new HostPort("cover.example", 443);
    FlightModel model =
        new FlightModel(
            site.host(),
            new HelloKind("0000000000000000"),
            false,
            0x1302,
            0x001d,
            List.of(51, 43),
            List.of(new FlightModel.Answer(List.of(700), delayMillis * 1_000)));
    node.node
        .doppel()
        .learnt(
            new Profile(site, Instant.EPOCH, List.of(dialMillis * 1_000), List.of(model), null));
    return node;
  }

  private static long millisSince(long begin) {
    return (System.nanoTime() - begin) / 1_000_000;
  }
}
