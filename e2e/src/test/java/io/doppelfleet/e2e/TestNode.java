package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Ban;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.ProxyNode;
import io.doppelfleet.proxy.ProxyOptions;
import io.doppelfleet.proxy.dial.Outbound;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.front.ProxyVersion;
import io.doppelfleet.proxy.list.ListOptions;
import io.doppelfleet.proxy.listen.Entrance;
import io.doppelfleet.proxy.rule.ReplayRule;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.RawServer;
import io.doppelfleet.standin.tcp.RawSocket;
import io.doppelfleet.standin.wire.Obfuscated2;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A node on a free loopback port, with a data centre and a cover that a test plays by hand. */
final class TestNode implements AutoCloseable {
  static final byte[] KEY = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  static final Secret SECRET = Secret.of(KEY, "cover.example");
  static final Duration SOON = Duration.ofSeconds(5);

  /** To read the system's tables, which are long after many connections. */
  private static final Duration TO_LOOK = Duration.ofSeconds(30);

  static final RandomGenerator RANDOM = RandomGenerator.of("L64X128MixRandom");

  final RawServer datacenter;
  final RawServer cover;
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final ProxyNode node;
  private final Vertx vertx;
  private final int port;

  private TestNode(
      RawServer datacenter, RawServer cover, ProxyOptions options, FleetState state, Clock clock)
      throws Exception {
    this.datacenter = datacenter;
    this.cover = cover;
    this.vertx = vertx();
    this.node = await(ProxyNode.start(vertx, options, state, clock, meters));
    this.port = node.listening().getFirst().port();
  }

  /**
   * On the kind of sockets that this run is for: descriptors as the product has them, or channels.
   */
  static Vertx vertx() {
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setPreferNativeTransport(true));
    if (vertx.isNativeTransportEnabled() == Boolean.getBoolean("io.netty.transport.noNative")) {
      throw new IllegalStateException("the node runs on the other kind of sockets");
    }
    return vertx;
  }

  static TestNode start(Path stateDirectory) throws Exception {
    return start(stateDirectory, Shaping.FULL);
  }

  static TestNode start(Path stateDirectory, ProxyOptions.Limits limits, FleetState state)
      throws Exception {
    return start(stateDirectory, limits, state, Clock.systemUTC());
  }

  /** With data centres that the test plays elsewhere, by number. */
  static TestNode start(
      Path stateDirectory,
      ProxyOptions.Limits limits,
      FleetState state,
      Map<Integer, List<InetSocketAddress>> datacenters)
      throws Exception {
    return start(stateDirectory, 1, Shaping.FULL, limits, state, Clock.systemUTC(), datacenters);
  }

  static TestNode start(
      Path stateDirectory, ProxyOptions.Limits limits, FleetState state, Clock clock)
      throws Exception {
    return start(stateDirectory, 1, Shaping.FULL, limits, state, clock, Map.of());
  }

  /** On two event loops, which get the connections in turn. */
  static TestNode startOnTwoLoops(Path stateDirectory, FleetState state, Clock clock)
      throws Exception {
    return start(
        stateDirectory, 2, Shaping.FULL, ProxyOptions.Limits.defaults(), state, clock, Map.of());
  }

  /** Listening so, in front of a cover that is told who comes; null: it is told nothing. */
  static TestNode start(
      Path stateDirectory, Entrance entrance, @Nullable ProxyVersion coverHeader, Ban... bans)
      throws Exception {
    return start(
        stateDirectory,
        List.of(entrance),
        List.of(),
        coverHeader,
        Outbound.DIRECT,
        Map.of(),
        ProxyOptions.Limits.defaults(),
        bans);
  }

  /** Listening so, within these limits. */
  static TestNode start(Path stateDirectory, Entrance entrance, ProxyOptions.Limits limits)
      throws Exception {
    return start(
        stateDirectory, List.of(entrance), List.of(), null, Outbound.DIRECT, Map.of(), limits);
  }

  /** Behind a router on this machine, with a rule that bans. */
  static TestNode start(Path stateDirectory, ReplayRule rule, Clock clock) throws Exception {
    RawServer datacenter = RawServer.start();
    RawServer cover = RawServer.start();
    ProxyOptions options =
        new ProxyOptions(
            List.of(new Entrance(new HostPort("127.0.0.1", 0), List.of(Prefix.parse("127.0.0.1")))),
            List.of(),
            new HostPort("127.0.0.1", cover.address().getPort()),
            null,
            null,
            Map.of(2, List.of(datacenter.address())),
            Outbound.DIRECT,
            stateDirectory,
            1,
            Shaping.FULL,
            ProxyOptions.Limits.defaults(),
            Duration.ZERO,
            rule,
            Duration.ZERO);
    FleetState state = new FleetState(1, List.of(new NamedSecret("alice", SECRET)));
    return new TestNode(datacenter, cover, options, state, clock);
  }

  /** Whose clients are connected so. */
  static TestNode start(Path stateDirectory, Outbound outbound) throws Exception {
    return start(stateDirectory, outbound, Map.of());
  }

  /** The same, with data centres that the test plays elsewhere, by number. */
  static TestNode start(
      Path stateDirectory, Outbound outbound, Map<Integer, List<InetSocketAddress>> datacenters)
      throws Exception {
    Entrance entrance = Entrance.open(new HostPort("127.0.0.1", 0));
    return start(
        stateDirectory,
        List.of(entrance),
        List.of(),
        null,
        outbound,
        datacenters,
        ProxyOptions.Limits.defaults());
  }

  /** Listening so, with these lists. */
  static TestNode start(Path stateDirectory, List<Entrance> entrances, ListOptions... lists)
      throws Exception {
    return start(
        stateDirectory,
        entrances,
        List.of(lists),
        null,
        Outbound.DIRECT,
        Map.of(),
        ProxyOptions.Limits.defaults());
  }

  private static TestNode start(
      Path stateDirectory,
      List<Entrance> entrances,
      List<ListOptions> lists,
      @Nullable ProxyVersion coverHeader,
      Outbound outbound,
      Map<Integer, List<InetSocketAddress>> others,
      ProxyOptions.Limits limits,
      Ban... bans)
      throws Exception {
    RawServer datacenter = RawServer.start();
    RawServer cover = RawServer.start();
    Map<Integer, List<InetSocketAddress>> datacenters = new HashMap<>();
    datacenters.put(2, List.of(datacenter.address()));
    datacenters.putAll(others);
    ProxyOptions options =
        new ProxyOptions(
            entrances,
            lists,
            new HostPort("127.0.0.1", cover.address().getPort()),
            coverHeader,
            null,
            datacenters,
            outbound,
            stateDirectory,
            1,
            Shaping.FULL,
            limits,
            Duration.ZERO);
    FleetState alone = new FleetState(1, List.of(new NamedSecret("alice", SECRET)));
    FleetState state =
        new FleetState(1, alone.secrets(), List.of(bans), List.of(), alone.settings());
    return new TestNode(datacenter, cover, options, state, Clock.systemUTC());
  }

  /** Which shapes as it is told. */
  static TestNode start(Path stateDirectory, Shaping shaping) throws Exception {
    return start(
        stateDirectory,
        1,
        shaping,
        ProxyOptions.Limits.defaults(),
        new FleetState(1, List.of(new NamedSecret("alice", SECRET))),
        Clock.systemUTC(),
        Map.of());
  }

  private static TestNode start(
      Path stateDirectory,
      int loops,
      Shaping shaping,
      ProxyOptions.Limits limits,
      FleetState state,
      Clock clock,
      Map<Integer, List<InetSocketAddress>> others)
      throws Exception {
    RawServer datacenter = RawServer.start();
    RawServer cover = RawServer.start();
    Map<Integer, List<InetSocketAddress>> datacenters = new HashMap<>();
    datacenters.put(2, List.of(datacenter.address()));
    datacenters.putAll(others);
    ProxyOptions options =
        new ProxyOptions(
            List.of(new HostPort("127.0.0.1", loops == 1 ? 0 : freePort())),
            new HostPort("127.0.0.1", cover.address().getPort()),
            datacenters,
            stateDirectory,
            loops,
            shaping,
            limits,
            Duration.ZERO); // the tests count what comes to the cover
    return new TestNode(datacenter, cover, options, state, clock);
  }

  /** Of port 0 each loop would get another. */
  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** So many secrets of one host name, of which {@link #SECRET} is the last. */
  static FleetState secrets(int count) {
    List<NamedSecret> secrets = new ArrayList<>();
    for (int i = 1; i < count; i++) {
      byte[] key = new byte[Secret.KEY_LENGTH];
      RANDOM.nextBytes(key);
      secrets.add(new NamedSecret("user" + i, Secret.of(key, SECRET.host())));
    }
    secrets.add(new NamedSecret("last", SECRET));
    return new FleetState(1, secrets);
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  FakeTlsClient connect() throws IOException {
    return FakeTlsClient.connect(address());
  }

  RawSocket connectRaw() throws IOException {
    return RawSocket.connect(address());
  }

  /** A client with its stream open, and the data centre's end of it. */
  Relayed relayed() throws Exception {
    ClientHello hello =
        Hellos.classic(SECRET).build(); // before: who is slow costs the cover a dial
    FakeTlsClient client = connect();
    client.handshake(hello, 2, RANDOM);
    RawSocket socket = datacenter.take(SOON);
    return new Relayed(client, socket, acceptStream(socket));
  }

  static Obfuscated2 acceptStream(RawSocket socket) throws IOException {
    return Obfuscated2.accept(new byte[0], socket.read(Obfuscated2.HEADER_LENGTH));
  }

  /**
   * Both ends of a relayed connection.
   *
   * @param client at the near end
   * @param socket the data centre's
   * @param stream what the data centre decrypts and encrypts with
   */
  record Relayed(FakeTlsClient client, RawSocket socket, Obfuscated2 stream) {
    byte[] heard(int length) throws IOException {
      byte[] bytes = socket.read(length);
      stream.decrypt(bytes, 0, bytes.length);
      return bytes;
    }

    void say(byte[] bytes) throws IOException {
      byte[] sealed = bytes.clone();
      stream.encrypt(sealed, 0, sealed.length);
      socket.send(sealed);
    }
  }

  /**
   * The cover's end of a stranger who said this. A client that was slow with its hello had a leg to
   * the cover too, which has ended: such ends are passed over.
   *
   * @throws IOException when none comes in time
   */
  RawSocket siteOf(byte[] said) throws IOException, InterruptedException {
    while (true) {
      RawSocket site = cover.take(SOON);
      if (Arrays.equals(site.read(said.length), said)) {
        return site;
      }
      site.close();
    }
  }

  /** Ends the far ends alone, of which all connections are to end, and then the node. */
  void closeOnceEmpty() throws Exception {
    try {
      expectNoForgottenLegs();
      datacenter.close();
      cover.close();
      Awaitility.await().atMost(SOON).until(() -> node.connections() == 0);
      assertThat(node.clients()).isZero();
    } finally {
      close();
    }
  }

  /**
   * Fails where the node holds more sockets than its connections can have, at either end. Later it
   * would be too late: a node that ends closes what it forgot too.
   */
  void expectNoForgottenLegs() {
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .atMost(TO_LOOK)
        .untilAsserted(
            () -> {
              long connections = node.connections();
              assertThat(TcpTable.acceptedAt(port))
                  .as(
                      () ->
                          "near legs of %d connections of %s"
                              .formatted(connections, TcpTable.of(port)))
                  .isLessThanOrEqualTo(connections);
              assertThat(
                      TcpTable.dialledTo(cover.address().getPort())
                          + TcpTable.dialledTo(datacenter.address().getPort()))
                  .as("far legs of %d connections", connections)
                  .isLessThanOrEqualTo(connections);
            });
  }

  @Override
  public void close() throws Exception {
    try {
      expectNoForgottenLegs();
    } finally {
      datacenter.close();
      cover.close();
      await(node.drain());
      await(vertx.close());
    }
  }
}
