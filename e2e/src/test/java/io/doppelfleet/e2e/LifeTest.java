package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.proxy.ProxyNode;
import io.doppelfleet.proxy.ProxyOptions;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.ClientKeys;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawServer;
import io.doppelfleet.standin.tcp.RawSocket;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits of time and number, and how a node and its connections end. */
final class LifeTest {
  private static final FleetState STATE =
      new FleetState(1, List.of(new NamedSecret("alice", SECRET)));

  private static final ClientKeys KEYS = ClientKeys.generate();

  @TempDir Path state;

  @Test
  void anIdlePairIsClosedAndABusyOneIsNot() throws Exception {
    try (TestNode node = TestNode.start(state, limits(100, 2, 1), STATE)) {
      TestNode.Relayed idle = node.relayed();
      TestNode.Relayed busy = node.relayed();
      for (int i = 0; i < 10; i++) {
        busy.client().say(new byte[] {1}, 1);
        assertThat(busy.heard(1)).containsExactly(1);
        Thread.sleep(400);
      }
      assertThat(idle.client().raw().readToEnd().ending()).isEqualTo(Ending.FIN);
      assertThat(idle.socket().readToEnd().ending()).isEqualTo(Ending.FIN);
      assertThat(node.node.clients()).isEqualTo(1);
      busy.client().close();
      await().atMost(SOON).until(() -> node.node.clients() == 0);
    }
  }

  @Test
  void whoComesAtTheLimitWaitsUntilSomebodyLeaves() throws Exception {
    try (TestNode node = TestNode.start(state, limits(20, 300, 1), STATE)) {
      List<TestNode.Relayed> held = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        held.add(node.relayed());
      }
      try (FakeTlsClient late = node.connect()) {
        var hello = Hellos.classic(SECRET).build();
        late.raw().send(hello.bytes());
        assertThat(late.raw().isQuiet(Duration.ofMillis(300))).isTrue();
        held.getFirst().client().close();
        held.getFirst().socket().close();
        late.readFlight(hello);
      }
      for (TestNode.Relayed each : held) {
        each.client().close();
      }
    }
  }

  @Test
  void aDrainingNodeTakesNobodyAndLetsPairsFinish() throws Exception {
    try (TestNode node = TestNode.start(state, limits(100, 300, 5), STATE)) {
      TestNode.Relayed pair = node.relayed();
      Future<Integer> drained = node.node.drain();
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThatThrownBy(() -> node.connect().close()).isNotNull());
      pair.client().say(new byte[] {7}, 1);
      assertThat(pair.heard(1)).containsExactly(7);
      pair.client().close();
      pair.socket().close();
      assertThat(TestNode.await(drained)).isZero();
    }
  }

  @Test
  void whoComesToANodeThatLeavesMeetsTheCoverAndItsPairsGoOn() throws Exception {
    try (TestNode node = TestNode.start(state, limits(100, 300, 5), STATE)) {
      TestNode.Relayed pair = node.relayed();
      Future<Void> left = node.node.leave(Duration.ofMinutes(5));
      byte[] hello = Hellos.classic(SECRET).build().bytes();
      try (RawSocket late = RawSocket.connect(node.address())) {
        late.send(hello);
        assertThat(node.cover.take(SOON).read(hello.length)).isEqualTo(hello);
      }
      pair.client().say(new byte[] {7}, 1);
      assertThat(pair.heard(1)).containsExactly(7);
      assertThat(left.isComplete()).isFalse();
      TestNode.await(node.node.leave(Duration.ZERO)); // whose time is over
      pair.client().close();
      pair.socket().close();
      TestNode.await(left);
      assertThat(node.node.isDraining()).isTrue();
    }
  }

  @Test
  void aDrainCutsWhatDoesNotFinish() throws Exception {
    try (TestNode node = TestNode.start(state, limits(100, 300, 1), STATE)) {
      TestNode.Relayed pair = node.relayed();
      assertThat(TestNode.await(node.node.drain())).isEqualTo(1);
      assertThat(pair.client().raw().readToEnd().ending()).isEqualTo(Ending.FIN);
    }
  }

  @Test
  void aResetInEachPhaseLeavesNothing() throws Exception {
    ClientHello hello = Hellos.classic(SECRET).build();
    try (DeadServer dead = DeadServer.start();
        TestNode node =
            TestNode.start(
                state,
                limits(1_000, 300, 1),
                TestNode.secrets(10_000),
                Map.of(3, List.of(dead.address())))) {
      // Before the hello is whole: the cover has what came.
      for (int sent : new int[] {0, 1, 100}) {
        byte[] part = Arrays.copyOf(hello.bytes(), sent);
        RawSocket undecided = node.connectRaw();
        undecided.send(part);
        RawSocket site = node.cover.take(SOON);
        assertThat(site.read(sent)).isEqualTo(part);
        undecided.reset();
        expectNothingLeft(node);
      }
      // While workers search for the secrets.
      List<RawSocket> searched = new ArrayList<>();
      while (searchesWaiting(node) < 5) {
        assertThat(searched).hasSizeLessThan(1_000);
        RawSocket undecided = node.connectRaw();
        undecided.send(Hellos.hybrid(SECRET).withKeys(KEYS).withWrongDigest().build().bytes());
        searched.add(undecided);
      }
      for (RawSocket each : searched) {
        each.reset();
      }
      expectNothingLeft(node);
      await().atMost(SOON).until(() -> searchesWaiting(node) == 0);
      // After the welcome.
      RawSocket welcomed = node.connectRaw();
      welcomed.send(hello.bytes());
      assertThat(welcomed.read(1)).hasSize(1);
      welcomed.reset();
      expectNothingLeft(node);
      // While the data centre is dialled.
      long atTheDead = TcpTable.dialledTo(dead.address().getPort());
      FakeTlsClient dialling = node.connect();
      dialling.handshake(Hellos.classic(SECRET).build(), 3, RANDOM);
      await().atMost(SOON).until(() -> TcpTable.dialledTo(dead.address().getPort()) > atTheDead);
      dialling.raw().reset();
      expectNothingLeft(node);
      await().atMost(SOON).until(() -> TcpTable.dialledTo(dead.address().getPort()) == atTheDead);
      // In the middle of a record.
      TestNode.Relayed relayed = node.relayed();
      relayed.client().raw().send(new byte[] {0x17, 3, 3, 1, 0, 5, 5});
      assertThat(relayed.socket().read(2)).hasSize(2);
      relayed.client().raw().reset();
      expectNothingLeft(node);
    }
  }

  private static double searchesWaiting(TestNode node) {
    return node.meters.get("doppelfleet.searches.waiting").gauge().value();
  }

  private static void expectNothingLeft(TestNode node) {
    await()
        .atMost(SOON)
        .until(
            () ->
                node.node.connections() == 0
                    && node.meters
                            .get("doppelfleet.connections")
                            .tag("kind", "undecided")
                            .gauge()
                            .value()
                        == 0);
    node.expectNoForgottenLegs();
  }

  /** As nginx leaves a handshake that doesn't go on, and the built-in site. */
  @Test
  void whoSaysNothingAfterTheWelcomeMeetsAnEndWithoutAWord() throws Exception {
    ProxyOptions.Limits impatient = new TestLimits().silence(Duration.ofMillis(700)).limits();
    try (TestNode node = TestNode.start(state, impatient, STATE);
        FakeTlsClient client = node.connect()) {
      var hello = Hellos.classic(SECRET).build();
      client.raw().send(hello.bytes());
      client.readFlight(hello);
      client.expectQuiet(Duration.ofMillis(300));
      RawSocket.Rest rest = client.raw().readToEnd();
      assertThat(rest.bytes()).isEmpty();
      assertThat(rest.ending()).isEqualTo(Ending.FIN);
      await() // it is counted after the end
          .atMost(SOON)
          .until(
              () -> {
                Counter silent =
                    node.meters
                        .find("doppelfleet.phase.failures")
                        .tag("phase", "transport")
                        .tag("reason", "silence")
                        .counter();
                return silent != null && silent.count() == 1;
              });
    }
  }

  @Test
  void aClientThatClosesWhileItsDataCentreIsDialledLeavesNothing() throws Exception {
    // Its end is read with what it sent before; the dial goes on, and ends in vain.
    ProxyOptions.Limits impatient = new TestLimits().dialTimeout(Duration.ofSeconds(2)).limits();
    try (DeadServer dead = DeadServer.start();
        TestNode node =
            TestNode.start(state, impatient, STATE, Map.of(2, List.of(dead.address())))) {
      long atTheDead = TcpTable.dialledTo(dead.address().getPort());
      FakeTlsClient client = node.connect();
      client.handshake(Hellos.classic(SECRET).build(), 2, RANDOM);
      await().atMost(SOON).until(() -> TcpTable.dialledTo(dead.address().getPort()) > atTheDead);
      client.close();
      await().atMost(Duration.ofSeconds(15)).until(() -> node.node.connections() == 0);
      await().atMost(SOON).until(() -> TcpTable.dialledTo(dead.address().getPort()) == atTheDead);
    }
  }

  @Test
  void aDataCentreWhoseFirstAddressIsDeadIsReachedAtItsSecond() throws Exception {
    InetSocketAddress refusing;
    try (RawServer gone = RawServer.start()) {
      refusing = gone.address();
    }
    try (DeadServer silent = DeadServer.start();
        RawServer alive = RawServer.start();
        TestNode node =
            TestNode.start(
                state,
                limits(100, 300, 1),
                STATE,
                Map.of(
                    1, List.of(refusing, alive.address()),
                    4, List.of(silent.address(), alive.address())))) {
      for (int datacenter : new int[] {1, 4}) {
        try (FakeTlsClient client = node.connect()) {
          client.handshake(Hellos.classic(SECRET).build(), datacenter, RANDOM);
          client.say(new byte[] {7}, 1);
          try (RawSocket reached = alive.take(SOON)) {
            TestNode.Relayed relayed =
                new TestNode.Relayed(client, reached, TestNode.acceptStream(reached));
            assertThat(relayed.heard(1)).containsExactly(7);
          }
        }
      }
      expectNothingLeft(node);
    }
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      Vertx vertx = Vertx.vertx();
      HostPort listen = new HostPort("0.0.0.0", taken.getLocalPort());
      assertThatThrownBy(() -> start(vertx, listen, new HostPort("127.0.0.1", 9)))
          .hasMessageContaining(listen.toString());
      TestNode.await(vertx.close());
    }
  }

  @Test
  void theProxyItselfIsNoCover() throws Exception {
    int port;
    try (RawServer free = RawServer.start()) {
      port = free.address().getPort();
    }
    Vertx vertx = Vertx.vertx();
    assertThatThrownBy(
            () -> start(vertx, new HostPort("0.0.0.0", port), new HostPort("localhost", port)))
        .hasMessageContaining("proxy itself");
    TestNode.await(vertx.close());
  }

  private void start(Vertx vertx, HostPort listen, HostPort cover) throws Exception {
    ProxyOptions options =
        new ProxyOptions(
            List.of(listen),
            cover,
            Map.of(),
            state,
            1,
            Shaping.FULL,
            limits(9, 9, 1),
            Duration.ZERO);
    TestNode.await(
        ProxyNode.start(vertx, options, STATE, Clock.systemUTC(), new SimpleMeterRegistry()));
  }

  private static ProxyOptions.Limits limits(int connections, int idleSeconds, int drainSeconds) {
    return new TestLimits()
        .connections(connections)
        .idle(Duration.ofSeconds(idleSeconds))
        .drain(Duration.ofSeconds(drainSeconds))
        .limits();
  }
}
