package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.NodeHealth.Failure;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.proxy.ProxyNode;
import io.doppelfleet.proxy.ProxyOptions;
import io.doppelfleet.proxy.dial.Outbound;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.listen.Entrance;
import io.doppelfleet.standin.datacenter.Arrival;
import io.doppelfleet.standin.datacenter.StandInDatacenter;
import io.doppelfleet.standin.tcp.RawServer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that is a client of itself. */
@Tag("waiting")
@Timeout(60)
final class OwnProbeTest {
  private static final Duration EVERY = Duration.ofMillis(250);
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path directory;
  private final Vertx vertx = TestNode.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Map<Integer, List<InetSocketAddress>> datacenters = new HashMap<>();
  private StandInDatacenter telegram;
  private RawServer cover;

  @SuppressWarnings("NullAway.Init") // each test starts it first
  private ProxyNode node;

  @BeforeEach
  void start() throws Exception {
    telegram = StandInDatacenter.start();
    cover = RawServer.start();
    IntStream.rangeClosed(1, 5).forEach(dc -> datacenters.put(dc, List.of(telegram.address())));
  }

  @AfterEach
  void end() throws Exception {
    TestNode.await(node.drain());
    TestNode.await(vertx.close());
    telegram.close();
    cover.close();
  }

  private void startNode(List<Prefix> routers) throws Exception {
    ProxyOptions options =
        new ProxyOptions(
            List.of(new Entrance(new HostPort("127.0.0.1", 0), routers)),
            List.of(),
            new HostPort("127.0.0.1", cover.address().getPort()),
            null,
            null,
            datacenters,
            Outbound.DIRECT,
            directory,
            1,
            Shaping.FULL,
            new TestLimits().drain(Duration.ZERO).dialTimeout(Duration.ofSeconds(1)).limits(),
            Duration.ZERO,
            null,
            EVERY);
    node =
        TestNode.await(
            ProxyNode.start(
                vertx,
                options,
                new FleetState(1, List.of(new NamedSecret("alice", TestNode.SECRET))),
                Clock.systemUTC(),
                meters));
  }

  private Optional<NodeHealth.Probe> of(int datacenter) {
    return node.probes().stream().filter(each -> each.datacenter() == datacenter).findFirst();
  }

  private boolean areWell(int count) {
    return node.probes().stream().filter(each -> each.failures() == 0).count() == count;
  }

  private double counted(String name) {
    return meters.find(name).functionCounters().stream().mapToDouble(FunctionCounter::count).sum();
  }

  private InetSocketAddress played(NetServer server) throws Exception {
    int port = TestNode.await(server.listen(0, "127.0.0.1")).actualPort();
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  @Test
  void eachDataCentreIsAskedAndNothingIsCountedAsAClients() throws Exception {
    startNode(List.of());
    await().atMost(SOON).until(() -> areWell(5) && telegram.arrivals().size() > 10);
    assertThat(node.probes()).allMatch(each -> each.millis() != null && !each.isFailing());
    assertThat(telegram.arrivals()).extracting(Arrival::datacenter).contains(1, 2, 3, 4, 5);
    assertThat(node.counts().now()).isEmpty(); // nor does a control hear of it
    assertThat(counted("doppelfleet.accepted")).isZero();
    assertThat(counted("doppelfleet.relayed")).isZero();
    assertThat(counted("doppelfleet.datacenter.dial.failures")).isZero();
    assertThat(counted("doppelfleet.probe.failures")).isZero();
    assertThat(node.vitals().datacentersUp()).isEmpty();
    assertThat(meters.find("doppelfleet.phase.failures").counters())
        .allMatch(each -> each.count() == 0);
    assertThat(meters.get("doppelfleet.probe").tag("datacenter", "5").functionTimer().count())
        .isGreaterThan(0);
    await() // while one is on its way, too
        .during(Duration.ofMillis(500))
        .atMost(SOON)
        .until(
            () ->
                meters.find("doppelfleet.connections").gauges().stream()
                    .filter(each -> !"undecided".equals(each.getId().getTag("kind")))
                    .mapToDouble(Gauge::value)
                    .allMatch(value -> value == 0));
    assertThat(cover.accepted()).isZero();
  }

  @Test
  void thoseThatAreDownOrNoneFailWithTheirReasonsAndTheOthersDoNot() throws Exception {
    try (RawServer down = RawServer.start()) {
      datacenters.put(4, List.of(down.address()));
    }
    datacenters.put(
        3,
        List.of(
            played(
                vertx
                    .createNetServer()
                    .connectHandler(
                        socket ->
                            socket.handler(any -> socket.write(Buffer.buffer(new byte[100])))))));
    startNode(List.of());
    await().atMost(SOON).until(() -> of(4).isPresent() && of(4).get().isFailing());
    await().atMost(SOON).until(() -> of(3).isPresent() && of(3).get().isFailing());
    assertThat(of(4).get().failure()).isEqualTo(Failure.UNREACHED);
    assertThat(of(3).get().failure()).isEqualTo(Failure.GARBAGE);
    assertThat(areWell(3)).isTrue();
    Gauge failing = meters.get("doppelfleet.probe.failing").tag("datacenter", "4").gauge();
    assertThat(failing.value()).isEqualTo(1);
    assertThat(counted("doppelfleet.datacenter.dial.failures")).isZero();
    assertThat(meters.find("doppelfleet.phase.failures").counters())
        .allMatch(each -> each.count() == 0);
    try (StandInDatacenter back = StandInDatacenter.start(datacenters.get(4), telegram.key(), 1)) {
      await().atMost(SOON).until(() -> of(4).get().failures() == 0);
      assertThat(back.arrivals()).isNotEmpty();
      assertThat(failing.value()).isZero();
    }
  }

  @Test
  void oneThatTakesTheConnectionAndSaysNothingIsLate() throws Exception {
    datacenters.put(2, List.of(played(vertx.createNetServer().connectHandler(socket -> {}))));
    startNode(List.of());
    await().atMost(SOON).until(() -> of(2).isPresent());
    assertThat(of(2).get()).isEqualTo(new NodeHealth.Probe(2, 1, Failure.LATE, null));
  }

  /** Whose header alone would be believed. */
  @Test
  void behindARouterItSaysItselfWhatTheRouterWould() throws Exception {
    startNode(List.of(Prefix.parse("192.0.2.1")));
    await().atMost(SOON).until(() -> areWell(5));
    assertThat(meters.find("doppelfleet.phase.failures").counters())
        .allMatch(each -> each.count() == 0);
  }

  @Test
  void aNodeThatLeavesComesToItselfNoMore() throws Exception {
    startNode(List.of());
    await().atMost(SOON).until(() -> !node.probes().isEmpty());
    TestNode.await(node.leave(Duration.ofSeconds(10)));
    int before = telegram.arrivals().size();
    Thread.sleep(300);
    assertThat(telegram.arrivals()).hasSizeLessThanOrEqualTo(before);
    assertThat(node.probes()).allMatch(each -> each.failures() == 0);
  }
}
