package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.proxy.front.Ends;
import io.doppelfleet.proxy.front.ProxyVersion;
import io.doppelfleet.proxy.listen.Entrance;
import io.doppelfleet.standin.client.BrokenRuleException;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.ClientKeys;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who goes short where there is no room for all. */
@Tag("waiting")
@Timeout(60)
final class RoomTest {
  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final ClientKeys KEYS = ClientKeys.generate();

  @TempDir Path state;
  private final List<AutoCloseable> open = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // each test starts it
  private TestNode node;

  @AfterEach
  void nothingIsLeft() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    node.closeOnceEmpty();
  }

  private <T extends AutoCloseable> T kept(T connection) {
    open.add(connection);
    return connection;
  }

  /** Comes by a router, who says from where. */
  private boolean isWelcome(String from) throws IOException {
    FakeTlsClient client = kept(node.connect());
    ClientHello hello = Hellos.classic(SECRET).withKeys(KEYS).build();
    try {
      client.raw().send(header(from));
      client.raw().send(hello.bytes());
      client.readFlight(hello);
      return true;
    } catch (IOException | BrokenRuleException reset) {
      return false;
    }
  }

  @Test
  void aPhonesBurstComesInAndWhoIsBeyondTheBoundOfItsNetworkIsReset() throws Exception {
    Entrance entrance =
        new Entrance(new HostPort("127.0.0.1", 0), List.of(Prefix.parse("127.0.0.1")));
    node = TestNode.start(state, entrance, new TestLimits().connectionsPerNetwork(24).limits());
    for (int i = 0; i < 24; i++) {
      assertThat(isWelcome("198.51.100.7")).as("the %dth", i + 1).isTrue();
    }
    assertThat(isWelcome("198.51.100.7")).isFalse();
    assertThat(failures("accept", "network limit")).isOne();
    assertThat(isWelcome("198.51.100.8")).isTrue();
    open.removeFirst().close();
    await().atMost(SOON).until(() -> isWelcome("198.51.100.7"));
    assertThat(isWelcome("198.51.100.7")).isFalse();
  }

  private static byte[] header(String from) {
    return ProxyVersion.V2.of(
        new Ends(
            new InetSocketAddress(InetAddress.ofLiteral(from), 40_000),
            new InetSocketAddress(InetAddress.ofLiteral("192.0.2.8"), 443)));
  }

  private RawSocket stranger(String from) throws IOException {
    RawSocket socket = kept(node.connectRaw());
    socket.send(header(from));
    socket.send(REQUEST);
    return socket;
  }

  @Test
  void strangersOfOneNetworkGoShortBeforeOthersDo() throws Exception {
    Entrance entrance =
        new Entrance(new HostPort("127.0.0.1", 0), List.of(Prefix.parse("127.0.0.1")));
    node = TestNode.start(state, entrance, new TestLimits().connections(120).limits());
    // More than a burst, the least that a network may have, but with the next one a quarter of all.
    for (int i = 0; i < 29; i++) {
      stranger("198.51.100.7");
      node.siteOf(REQUEST);
    }
    assertThat(stranger("198.51.100.7").readToEnd().ending()).isEqualTo(Ending.RST);
    assertThat(failures("cover", "crowd")).isOne();
    assertThat(failures("cover", "no room")).isZero();
    stranger("198.51.100.8");
    node.siteOf(REQUEST);
    assertThat(isWelcome("198.51.100.7")).as("a client's are not among them").isTrue();
  }

  @Test
  void newStrangersGoShortFirstAndWhoIsServedStays() throws Exception {
    node =
        TestNode.start(
            state,
            new TestLimits().connections(24).limits(),
            new FleetState(1, List.of(new NamedSecret("alice", SECRET))));
    TestNode.Relayed live = node.relayed();
    kept(live.client());
    List<RawSocket> sites = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      kept(node.connectRaw()).send(REQUEST);
      sites.add(node.siteOf(REQUEST));
    }
    RawSocket oneMore = kept(node.connectRaw());
    oneMore.send(REQUEST);
    assertThat(oneMore.readToEnd().ending()).isEqualTo(Ending.RST);
    assertThat(failures("cover", "no room")).isOne();
    assertThat(failures("greeting", "no hello")).isEqualTo(13);

    // Clients have room, and who says nothing has less time.
    List<RawSocket> silent = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      silent.add(kept(node.connectRaw()));
      node.cover.take(SOON);
    }
    FakeTlsClient client = kept(node.connect());
    client.handshake(Hellos.classic(SECRET).withKeys(KEYS).build(), 2, RANDOM);
    TestNode.acceptStream(node.datacenter.take(SOON));
    for (RawSocket each : silent) {
      assertThat(each.readToEnd().ending()).isEqualTo(Ending.RST);
    }
    assertThat(failures("greeting", "slow")).isEqualTo(4);

    // Who was there before notices nothing.
    live.client().say(new byte[] {7}, 1);
    assertThat(live.heard(1)).containsExactly(7);
    sites.getFirst().send(REQUEST);
    assertThat(((RawSocket) open.get(1)).read(REQUEST.length)).isEqualTo(REQUEST);

    // And there is room again when a stranger leaves.
    open.get(1).close();
    sites.removeFirst().close();
    await().atMost(SOON).until(() -> node.node.vitals().strangers() == 11);
    kept(node.connectRaw()).send(REQUEST);
    sites.add(node.siteOf(REQUEST));
  }

  private double failures(String phase, String reason) {
    return node.meters
        .get("doppelfleet.phase.failures")
        .tag("phase", phase)
        .tag("reason", reason)
        .counter()
        .count();
  }
}
