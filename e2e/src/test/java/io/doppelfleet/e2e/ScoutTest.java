package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.SECRET;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.proxy.ProxyNode;
import io.doppelfleet.proxy.ProxyOptions;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.scout.Trouble;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.cover.StandInCover;
import io.doppelfleet.standin.tcp.RawServer;
import io.doppelfleet.standin.tcp.RawSocket;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that looks at its cover. */
@Tag("waiting")
@Timeout(120)
class ScoutTest {
  private static final Duration SOON = Duration.ofSeconds(40);

  @TempDir Path state;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setPreferNativeTransport(true));

  @AfterEach
  void end() throws Exception {
    TestNode.await(vertx.close());
  }

  @Test
  void aNodeLearnsItsCoverAndKeepsWhatItLearnt() throws Exception {
    StandInCover site =
        TestNode.await(StandInCover.start(vertx, SECRET.host(), Duration.ofSeconds(30)));
    ProxyNode node = start(0, site.address().getPort());
    Path file = state.resolve("profile.json");
    await().atMost(SOON).until(() -> Files.exists(file));
    assertThat(Files.readString(file))
        .contains("\"format\" : 3")
        .contains("\"protocol\" : \"http/1.1\"")
        .contains("\"sealed\"");
    TestNode.await(node.drain());
  }

  /**
   * The forwarder hides that the connections are the node's own: nothing but the hello shows it.
   */
  @Test
  void aCoverThatLeadsBackThroughAForwarderIsRefusedFromItsFirstHellosOn() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    NetServer forward =
        TestNode.await(
            vertx
                .createNetServer()
                .connectHandler(
                    near -> {
                      near.pause();
                      vertx
                          .createNetClient()
                          .connect(port, "127.0.0.1")
                          .onSuccess(far -> join(near, far))
                          .onFailure(failure -> near.close());
                    })
                .listen(0, "127.0.0.1"));
    ProxyNode node = start(port, forward.actualPort());
    assertThat(TestNode.await(node.firstLook()))
        .singleElement()
        .extracting(Trouble::kind)
        .isEqualTo(Trouble.Kind.LEADS_BACK);
    InetSocketAddress there = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (RawSocket stranger = RawSocket.connect(there)) {
      stranger.send(Hellos.classic(SECRET).withWrongDigest().build().bytes());
      assertThatThrownBy(stranger::read).isInstanceOf(SocketException.class);
    }
    await().atMost(SOON).until(() -> node.connections() == 0);
    assertThat(meters.get("doppelfleet.accepted").functionCounter().count())
        .as("two hellos, and the stranger")
        .isEqualTo(3);
    TestNode.await(node.drain());
  }

  /** Who sees a probe on its way can send it here as well, before the cover has answered it. */
  @Test
  void copiesOfAProbeReachTheCoverAllOfThem() throws Exception {
    byte[] answer = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII);
    try (RawServer site = RawServer.start()) {
      ProxyNode node = start(0, site.address().getPort());
      InetSocketAddress there =
          new InetSocketAddress(
              InetAddress.getLoopbackAddress(), node.listening().getFirst().port());
      RawSocket probe = site.take(SOON);
      byte[] hello = probe.read();
      List<RawSocket> copies = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        RawSocket copy = RawSocket.connect(there);
        copies.add(copy);
        copy.send(hello);
      }
      probe.send(answer);
      probe.close();
      for (int arrived = 0; arrived < copies.size(); ) {
        RawSocket asked = site.take(SOON); // the node's other hellos come between
        arrived += Arrays.equals(asked.read(), hello) ? 1 : 0;
        asked.send(answer);
        asked.close();
      }
      for (RawSocket copy : copies) {
        assertThat(copy.readToEnd().bytes()).isEqualTo(answer);
        copy.close();
      }
      site.close();
      TestNode.await(node.drain());
    }
  }

  private static void join(NetSocket near, NetSocket far) {
    near.handler(far::write).closeHandler(closed -> far.close()).resume();
    far.handler(near::write).closeHandler(closed -> near.close());
  }

  private ProxyNode start(int port, int cover) throws Exception {
    ProxyOptions options =
        new ProxyOptions(
            List.of(new HostPort("127.0.0.1", port)),
            new HostPort("127.0.0.1", cover),
            Map.of(),
            state,
            1,
            Shaping.FULL,
            ProxyOptions.Limits.defaults(),
            ProxyOptions.SCOUT_EVERY);
    return TestNode.await(
        ProxyNode.start(
            vertx,
            options,
            new FleetState(1, List.of(new NamedSecret("alice", SECRET))),
            Clock.systemUTC(),
            meters));
  }
}
