package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.ProxyNode;
import io.doppelfleet.proxy.ProxyOptions;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.scout.Trouble;
import io.doppelfleet.standin.datacenter.StandInDatacenter;
import io.doppelfleet.standin.tcp.RawServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A node between real clients and a stand-in that plays all data centres. */
final class ClientNode implements AutoCloseable {
  static final Secret SECRET = TestNode.SECRET;

  private static final List<Integer> DATACENTERS = List.of(1, 2, 3, 4, 5, 203);
  private static final Duration SOON = Duration.ofSeconds(5);

  final StandInDatacenter datacenter;
  private final AutoCloseable cover;
  private final Vertx vertx = TestNode.vertx();
  private final ProxyNode node;

  /** With a cover that says nothing. */
  ClientNode(Path stateDirectory, Shaping shaping) throws Exception {
    this(stateDirectory, shaping, RawServer.start());
  }

  private ClientNode(Path stateDirectory, Shaping shaping, RawServer silent) throws Exception {
    this(stateDirectory, shaping, silent.address(), silent);
  }

  /**
   * With another one.
   *
   * @param at where that is
   * @param cover is closed with the node
   */
  ClientNode(Path stateDirectory, Shaping shaping, InetSocketAddress at, AutoCloseable cover)
      throws Exception {
    this.cover = cover;
    datacenter = StandInDatacenter.start();
    Map<Integer, List<InetSocketAddress>> datacenters = new HashMap<>();
    DATACENTERS.forEach(id -> datacenters.put(id, List.of(datacenter.address())));
    ProxyOptions options =
        new ProxyOptions(
            List.of(new HostPort("127.0.0.1", 0)),
            new HostPort("127.0.0.1", at.getPort()),
            datacenters,
            stateDirectory,
            1,
            shaping,
            ProxyOptions.Limits.defaults(),
            ProxyOptions.SCOUT_EVERY);
    node =
        TestNode.await(
            ProxyNode.start(
                vertx,
                options,
                new FleetState(1, List.of(new NamedSecret("alice", SECRET))),
                Clock.systemUTC(),
                new SimpleMeterRegistry()));
  }

  /** What the first look at the cover showed. */
  List<Trouble> firstLook() throws Exception {
    return TestNode.await(node.firstLook());
  }

  int port() {
    return node.listening().getFirst().port();
  }

  /** Fails when the clients are gone and the node still holds a connection of theirs. */
  void expectNobodyLeft() {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(node.connections()).isZero();
              assertThat(datacenter.connections()).isZero();
              assertThat(TcpTable.acceptedAt(port())).as("near legs").isZero();
              assertThat(TcpTable.dialledTo(datacenter.address().getPort()))
                  .as("far legs")
                  .isZero();
            });
  }

  @Override
  public void close() throws Exception {
    datacenter.close();
    cover.close();
    TestNode.await(node.drain());
    TestNode.await(vertx.close());
  }
}
