package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Ban;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.Settings;
import io.doppelfleet.proxy.ProxyOptions;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawSocket;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A new state takes a secret away, or bans an address, while it is used. */
@Timeout(60)
final class RevokedTest {
  private static final Duration AT_MOST = Duration.ofSeconds(1);
  private static final NamedSecret ALICE = new NamedSecret("alice", secret(1));
  private static final NamedSecret BOB = new NamedSecret("bob", secret(2));
  private static final FleetState BOTH = new FleetState(1, List.of(ALICE, BOB));

  @TempDir Path directory;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node = TestNode.start(directory, ProxyOptions.Limits.defaults(), BOTH);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    node.closeOnceEmpty();
  }

  @Test
  void allConnectionsOfASecretThatIsTakenAwayAreClosedWithinASecondAndNoOthers() throws Exception {
    List<TestNode.Relayed> alices = new ArrayList<>();
    List<TestNode.Relayed> bobs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      alices.add(relayed(ALICE));
      bobs.add(relayed(BOB));
    }
    try (RawSocket stranger = node.connectRaw()) {
      stranger.send(new byte[] {'x'});
      RawSocket site = node.siteOf(new byte[] {'x'});

      final long applied = System.nanoTime();
      node.node.apply(new FleetState(2, List.of(BOB)));
      for (TestNode.Relayed each : alices) {
        // A web server's kind of close, without an alert: nothing of either end was unread.
        RawSocket.Rest rest = each.client().raw().readToEnd();
        assertThat(rest.bytes()).isEmpty();
        assertThat(rest.ending()).isEqualTo(Ending.FIN);
        assertThat(each.socket().readToEnd().ending()).isEqualTo(Ending.FIN);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - applied)).isLessThan(AT_MOST);
      // The last is counted after it was closed.
      await().atMost(AT_MOST).until(() -> node.node.clients() == bobs.size());
      for (TestNode.Relayed each : bobs) {
        echo(each);
        each.client().close();
      }
      site.send(new byte[] {'y'});
      assertThat(stranger.read(1)).containsExactly('y');
    }
  }

  @Test
  void whoSentMoreThanWasReadIsResetAsByAWebServerAndNothingWaitsAnyMore() throws Exception {
    TestNode.Relayed alice = relayed(ALICE);
    Thread sender =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    while (true) { // until nobody takes it any more
                      alice.client().say(new byte[64 * 1024], 16_000);
                    }
                  } catch (java.io.IOException e) {
                    // the reset
                  }
                });
    assertThat(node.datacenter.accepted()).isEqualTo(1);
    // The data centre doesn't read: when the kernels hold all that they take, the rest waits here.
    await().during(Duration.ofMillis(300)).atMost(SOON).until(() -> waiting() > 0);
    node.node.apply(new FleetState(2, List.of(BOB)));
    assertThat(sender.join(AT_MOST)).isTrue();
    assertThat(node.node.clients()).isZero();
    await().atMost(SOON).until(() -> waiting() == 0);
  }

  private double waiting() {
    return node.meters.get("doppelfleet.waiting").gauge().value();
  }

  @Test
  void theConnectionsOfAnAddressThatIsBannedAreClosedWithinASecondAndNoOthers() throws Exception {
    TestNode.Relayed banned = relayed(ALICE, "127.0.0.2");
    TestNode.Relayed other = relayed(ALICE, "127.0.0.3");
    final long applied = System.nanoTime();
    node.node.apply(
        new FleetState(
            2,
            BOTH.secrets(),
            List.of(new Ban(Prefix.parse("127.0.0.2"), "a test", "carol", null)),
            List.of(),
            Settings.DEFAULTS));
    assertThat(banned.client().raw().readToEnd().ending()).isEqualTo(Ending.FIN);
    assertThat(banned.socket().readToEnd().ending()).isEqualTo(Ending.FIN);
    assertThat(Duration.ofNanos(System.nanoTime() - applied)).isLessThan(AT_MOST);
    echo(other);
    other.client().close();
  }

  @Test
  void aNewKeyOrAnotherNameIsAnotherSecretAndAnotherHostIsNot() throws Exception {
    TestNode.Relayed alice = relayed(ALICE);
    TestNode.Relayed bob = relayed(BOB);
    Secret elsewhere = Secret.of(ALICE.secret().key(), "other.example");
    node.node.apply(new FleetState(2, List.of(new NamedSecret("alice", elsewhere), BOB)));
    echo(alice);
    echo(bob);
    node.node.apply(
        new FleetState(
            3, List.of(new NamedSecret("alice", secret(3)), new NamedSecret("rob", BOB.secret()))));
    assertThat(alice.client().raw().readToEnd().ending()).isEqualTo(Ending.FIN);
    assertThat(bob.client().raw().readToEnd().ending()).isEqualTo(Ending.FIN);
  }

  @Test
  void whoseSecretIsTakenAwayBetweenItsHelloAndItsDataCentreIsNotServed() throws Exception {
    try (FakeTlsClient client = node.connect()) {
      var hello = Hellos.classic(ALICE.secret()).build();
      client.raw().send(hello.bytes());
      client.readFlight(hello);
      node.node.apply(new FleetState(2, List.of(BOB)));
      client.open(Obfuscated2.open(hello.key(), Obfuscated2.PADDED_INTERMEDIATE, 2, RANDOM));
      assertThat(client.raw().readToEnd().bytes()).isEmpty();
      // What the data centre sees is a connection that says nothing and ends.
      assertThat(node.datacenter.take(SOON).readToEnd().bytes()).isEmpty();
      assertThat(
              node.meters
                  .get("doppelfleet.phase.failures")
                  .tag("phase", "relay")
                  .tag("reason", "secret gone")
                  .functionCounter()
                  .count())
          .isEqualTo(1);
    }
  }

  private TestNode.Relayed relayed(NamedSecret named) throws Exception {
    return relayed(named, "127.0.0.1");
  }

  private TestNode.Relayed relayed(NamedSecret named, String from) throws Exception {
    var hello = Hellos.classic(named.secret()).build();
    FakeTlsClient client = FakeTlsClient.connect(node.address(), InetAddress.ofLiteral(from));
    client.handshake(hello, 2, RANDOM);
    RawSocket socket = node.datacenter.take(SOON);
    return new TestNode.Relayed(client, socket, TestNode.acceptStream(socket));
  }

  private static void echo(TestNode.Relayed relayed) throws Exception {
    relayed.client().say(new byte[] {7}, 1);
    assertThat(relayed.heard(1)).containsExactly(7);
  }

  private static Secret secret(int number) {
    byte[] key = new byte[Secret.KEY_LENGTH];
    key[0] = (byte) number;
    return Secret.of(key, "cover.example");
  }
}
