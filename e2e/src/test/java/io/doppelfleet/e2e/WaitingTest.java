package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.proxy.ProxyOptions;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Until it is known who somebody is, the cover has all of it, and all waits are the cover's. */
final class WaitingTest {
  private static final byte[] ALERT = {21, 3, 3, 0, 2, 2, 50};

  @TempDir Path state;

  @Test
  void aSilentStrangersDialBeginsWithTheAccept() throws Exception {
    try (TestNode node = TestNode.start(state)) {
      List<Long> millis = new ArrayList<>();
      for (int trial = 0; trial < 10; trial++) {
        long begin = System.nanoTime();
        try (RawSocket stranger = node.connectRaw()) {
          RawSocket site = node.cover.take(SOON);
          millis.add((System.nanoTime() - begin) / 1_000_000);
          site.close();
          assertThat(stranger.readToEnd().ending()).isEqualTo(Ending.FIN);
        }
      }
      assertThat(millis).anyMatch(m -> m < 50);
    }
  }

  @Test
  void noneOfOurTimesEndsAStrangerWhomTheCoverHasPatienceWith() throws Exception {
    Duration second = Duration.ofSeconds(1);
    ProxyOptions.Limits impatient =
        new TestLimits().idle(second).dialTimeout(second).drain(second).silence(second).limits();
    byte[] half = Arrays.copyOf(Hellos.classic(SECRET).build().bytes(), 100);
    byte[] wrong = Hellos.classic(SECRET).withWrongDigest().build().bytes();
    try (TestNode node = TestNode.start(state, impatient, one())) {
      List<RawSocket> strangers = new ArrayList<>();
      List<RawSocket> sites = new ArrayList<>();
      for (byte[] first : List.of(new byte[0], half, wrong)) {
        RawSocket stranger = node.connectRaw();
        stranger.send(first);
        strangers.add(stranger);
        RawSocket site = node.cover.take(SOON);
        assertThat(site.read(first.length)).isEqualTo(first);
        sites.add(site);
      }
      Thread.sleep(Duration.ofMillis(2_500));
      for (int i = 0; i < sites.size(); i++) {
        assertThat(strangers.get(i).isQuiet(Duration.ofMillis(20))).isTrue();
        sites.get(i).send(ALERT);
        sites.get(i).close();
        RawSocket.Rest rest = strangers.get(i).readToEnd();
        assertThat(rest.bytes()).isEqualTo(ALERT);
        assertThat(rest.ending()).isEqualTo(Ending.FIN);
      }
    }
  }

  @Test
  void aCoverThatResetsHalfAHelloResetsItsSender() throws Exception {
    byte[] half = Arrays.copyOf(Hellos.classic(SECRET).build().bytes(), 300);
    try (TestNode node = TestNode.start(state);
        RawSocket slow = node.connectRaw()) {
      slow.send(half);
      RawSocket site = node.cover.take(SOON);
      assertThat(site.read(half.length)).isEqualTo(half);
      site.reset();
      assertThat(slow.readToEnd().ending()).isEqualTo(Ending.RST);
    }
  }

  @Test
  void aClientWithASlowHelloIsServedAndLeavesTheCover() throws Exception {
    try (TestNode node = TestNode.start(state);
        FakeTlsClient client = node.connect()) {
      var hello = Hellos.classic(SECRET).build();
      byte[] bytes = hello.bytes();
      client.raw().send(Arrays.copyOf(bytes, 300));
      RawSocket site = node.cover.take(SOON);
      assertThat(site.read(300)).isEqualTo(Arrays.copyOf(bytes, 300));
      client.raw().send(Arrays.copyOfRange(bytes, 300, bytes.length));
      client.readFlight(hello);
      assertThat(site.readToEnd().bytes()).isEmpty();
    }
  }

  @Test
  void aHelloIsWithTheCoverWhileItsSecretIsSearchedForAndAClientGetsNoAnswerOfIt()
      throws Exception {
    try (TestNode node =
        TestNode.start(state, ProxyOptions.Limits.defaults(), TestNode.secrets(10_000))) {
      Thread site =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      RawSocket connection = node.cover.take(SOON);
                      connection.read(); // who is spoken to before its hello is a stranger
                      connection.send(ALERT); // sooner than any search ends
                      connection.readToEnd();
                    } catch (java.io.IOException e) {
                      throw new IllegalStateException(e);
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  });
      node.relayed().client().close();
      assertThat(node.cover.accepted()).isEqualTo(1);
      site.join();
      // Who was here before is known without a search, and costs the cover nothing.
      node.relayed().client().close();
      assertThat(node.cover.accepted()).isEqualTo(1);
    }
  }

  @Test
  void theAnswerAndTheEndThatCameBeforeASearchFailedReachTheStranger() throws Exception {
    try (TestNode node =
        TestNode.start(state, ProxyOptions.Limits.defaults(), TestNode.secrets(10_000))) {
      for (Ending ending : List.of(Ending.FIN, Ending.RST, Ending.FIN, Ending.RST)) {
        byte[] wrong = Hellos.hybrid(SECRET).withWrongDigest().build().bytes();
        try (RawSocket stranger = node.connectRaw()) {
          // In two, so that the cover was listened to when the search began.
          stranger.send(Arrays.copyOf(wrong, 900));
          RawSocket site = node.cover.take(SOON);
          assertThat(site.read(900)).hasSize(900);
          stranger.send(Arrays.copyOfRange(wrong, 900, wrong.length));
          assertThat(site.read(wrong.length - 900)).hasSize(wrong.length - 900);
          site.send(ALERT);
          if (ending == Ending.RST) {
            site.reset();
          } else {
            site.close();
          }
          RawSocket.Rest rest = stranger.readToEnd();
          assertThat(rest.bytes()).isEqualTo(ALERT);
          assertThat(rest.ending()).isEqualTo(ending);
        }
      }
    }
  }

  @Test
  void anUnfinishedHelloBeyondItsReserveIsAStrangersWhenTheMemoryIsUsedUp() throws Exception {
    byte[] hello = Hellos.classic(SECRET).paddedTo(6_000).build().bytes();
    int connections = 10;
    ProxyOptions.Limits little =
        new TestLimits()
            .connections(connections)
            .drain(Duration.ofSeconds(1))
            .waitingInAll(3 * connections * 1024 + 4_000)
            .limits();
    for (boolean plenty : new boolean[] {true, false}) {
      try (TestNode node =
              TestNode.start(state, plenty ? ProxyOptions.Limits.defaults() : little, one());
          RawSocket slow = node.connectRaw()) {
        slow.send(Arrays.copyOf(hello, 5_000));
        RawSocket site = node.cover.take(SOON);
        assertThat(site.read(5_000)).isEqualTo(Arrays.copyOf(hello, 5_000));
        if (plenty) {
          await().atMost(SOON).until(() -> waiting(node) >= 5_000);
          assertThat(
                  node.meters.find("doppelfleet.phase.failures").tag("reason", "memory").counter())
              .isNull();
        } else {
          await()
              .atMost(SOON)
              .untilAsserted(
                  () ->
                      assertThat(
                              node.meters
                                  .get("doppelfleet.phase.failures")
                                  .tag("reason", "memory")
                                  .counter()
                                  .count())
                          .isEqualTo(1));
          slow.send(Arrays.copyOfRange(hello, 5_000, hello.length));
          assertThat(site.read(1_000)).isEqualTo(Arrays.copyOfRange(hello, 5_000, hello.length));
        }
        slow.reset();
        await().atMost(SOON).until(() -> node.node.connections() == 0);
        assertThat(waiting(node)).isZero();
      }
    }
  }

  private static double waiting(TestNode node) {
    return node.meters.get("doppelfleet.waiting").gauge().value();
  }

  private static FleetState one() {
    return new FleetState(1, List.of(new NamedSecret("alice", SECRET)));
  }
}
