package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.doppelfleet.fleet.Ban;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.proxy.front.Ends;
import io.doppelfleet.proxy.front.ProxyVersion;
import io.doppelfleet.proxy.listen.Entrance;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A node behind something that says who comes (the PROXY protocol), and a cover that is told. */
final class RouterTest {
  private static final Ban BAN = new Ban(Prefix.parse("192.0.2.0/24"), "a test", "carol", null);
  private static final Ends CLIENT = ends("198.51.100.7", "198.51.100.8");
  private static final Ends BANNED = ends("192.0.2.7", "198.51.100.8");
  private static final Duration MOMENT = Duration.ofMillis(1);

  @TempDir Path state;
  private @Nullable TestNode node;

  private TestNode start(String routers, @Nullable ProxyVersion coverHeader) throws Exception {
    Entrance entrance = new Entrance(new HostPort("127.0.0.1", 0), List.of(Prefix.parse(routers)));
    TestNode started = TestNode.start(state, entrance, coverHeader, BAN);
    node = started;
    return started;
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    if (node != null) {
      node.closeOnceEmpty();
    }
  }

  private static Ends ends(String from, String to) {
    return new Ends(
        new InetSocketAddress(InetAddress.ofLiteral(from), 40_000),
        new InetSocketAddress(InetAddress.ofLiteral(to), 443));
  }

  @ParameterizedTest
  @EnumSource
  void aClientIsWhomTheRouterSays(ProxyVersion version) throws Exception {
    TestNode behind = start("127.0.0.1", null);
    byte[] hello = Hellos.classic(SECRET).build().bytes();
    try (RawSocket banned = behind.connectRaw()) {
      banned.send(joined(version.of(BANNED), hello)); // in one segment
      RawSocket site = behind.cover.take(SOON);
      assertThat(site.read(hello.length)).isEqualTo(hello);
      site.close();
    }
    try (FakeTlsClient client = behind.connect()) {
      client.raw().send(version.of(CLIENT), 1, MOMENT);
      client.handshake(Hellos.classic(SECRET).build(), 2, RANDOM);
      TestNode.acceptStream(behind.datacenter.take(SOON)); // which ends with the client
    }
    assertThat(
            behind
                .meters
                .get("doppelfleet.phase.failures")
                .tag("reason", "banned")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void aRouterThatSpeaksForItselfIsAClientToo(ProxyVersion version) throws Exception {
    TestNode behind = start("127.0.0.0/8", null);
    ClientHello hello = Hellos.classic(SECRET).build();
    try (FakeTlsClient client = behind.connect()) {
      client.raw().send(joined(version.own(), hello.bytes()));
      client.readFlight(hello);
    }
  }

  @Test
  void whoeverSendsNoHeaderWhereOneIsDueIsClosed() throws Exception {
    TestNode behind = start("127.0.0.1", null);
    byte[] tooLong = ProxyVersion.V2.of(CLIENT);
    tooLong[14] = 0x7f;
    for (byte[] other :
        List.of(
            Hellos.classic(SECRET).build().bytes(),
            "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
            tooLong)) {
      try (RawSocket socket = behind.connectRaw()) {
        socket.send(other);
        assertThat(socket.readToEnd().bytes()).isEmpty();
      }
    }
    try (RawSocket socket = behind.connectRaw()) {
      socket.send(new byte[] {'P', 'R'});
      socket.halfClose();
      assertThat(socket.readToEnd().ending()).isEqualTo(Ending.FIN);
    }
    assertThat(behind.cover.accepted()).isZero();
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(failures(behind, "no header")).isEqualTo(3);
              assertThat(failures(behind, "left")).isEqualTo(1);
            });
  }

  private static double failures(TestNode behind, String reason) {
    return behind
        .meters
        .get("doppelfleet.phase.failures")
        .tags("phase", "introduction", "reason", reason)
        .counter()
        .count();
  }

  /** A header of theirs is what strangers send to a web site, and no more. */
  @Test
  void whoComesPastTheRouterMeetsTheCoverWhateverTheySay() throws Exception {
    TestNode behind = start("203.0.113.0/24", null);
    byte[] hello = Hellos.classic(SECRET).build().bytes();
    for (byte[] said : List.of(hello, joined(ProxyVersion.V2.of(CLIENT), hello))) {
      try (RawSocket socket = behind.connectRaw()) {
        socket.send(said);
        RawSocket site = behind.cover.take(SOON);
        assertThat(site.read(said.length)).isEqualTo(said);
        site.send(new byte[] {7});
        assertThat(socket.read(1)).containsExactly(7);
        site.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theCoverIsToldWhoComes(ProxyVersion version) throws Exception {
    TestNode behind = start("127.0.0.1", version);
    byte[] said = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    for (Ends ends : List.of(CLIENT, ends("2001:db8::7", "198.51.100.8"))) {
      try (RawSocket stranger = behind.connectRaw()) {
        stranger.send(joined(ProxyVersion.V2.of(ends), said));
        RawSocket site = behind.cover.take(SOON);
        byte[] header = version.of(ends);
        assertThat(site.read(header.length)).isEqualTo(header);
        assertThat(site.read(said.length)).isEqualTo(said);
        site.close();
      }
    }
  }

  @Test
  void whereBothFamiliesComeInAnIpv4AddressIsTheSame() throws Exception {
    Entrance everywhere = Entrance.open(new HostPort("::", 0));
    Ban ban = new Ban(Prefix.parse("127.0.0.0/8"), "a test", "carol", null);
    TestNode both = TestNode.start(state, everywhere, null, ban);
    node = both;
    byte[] hello = Hellos.classic(SECRET).build().bytes();
    try (RawSocket banned = both.connectRaw()) {
      banned.send(hello);
      RawSocket site = both.cover.take(SOON);
      assertThat(site.read(hello.length)).isEqualTo(hello);
      site.close();
    }
    assumeTrue(hasIpv6(), "this machine has no IPv6: nobody comes by it");
    InetSocketAddress ipv6 =
        new InetSocketAddress(InetAddress.ofLiteral("::1"), both.address().getPort());
    ClientHello another = Hellos.classic(SECRET).build();
    try (FakeTlsClient client = FakeTlsClient.connect(ipv6)) {
      client.raw().send(another.bytes());
      client.readFlight(another);
    }
  }

  private static boolean hasIpv6() throws IOException {
    return NetworkInterface.getByInetAddress(InetAddress.ofLiteral("::1")) != null;
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] all = new byte[first.length + second.length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
