package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.front.Ends;
import io.doppelfleet.proxy.front.ProxyVersion;
import io.doppelfleet.proxy.rule.ReplayRule;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.RawSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom a node by itself bans by its rule of replays, behind a router that says who comes. */
final class RuleTest {
  private static final String CLIENT = "203.0.113.1";
  private static final String PROBER = "198.51.100.7";
  private static final String OTHER = "198.51.100.8";

  private static final ReplayRule RULE =
      new ReplayRule(3, Duration.ofMinutes(10), Duration.ofHours(1), Duration.ZERO);

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  @TempDir Path state;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    InstantSource source = now::get;
    Clock clock = source.withZone(ZoneOffset.UTC);
    node = TestNode.start(state, RULE, clock);
  }

  @AfterEach
  void end() throws Exception {
    node.closeOnceEmpty();
  }

  private byte[] hello() {
    return Hellos.classic(SECRET).at(now.get()).build().bytes();
  }

  /** That of a client that was served. */
  private byte[] recorded() throws Exception {
    ClientHello hello = Hellos.classic(SECRET).at(now.get()).build();
    try (FakeTlsClient client = connect(CLIENT)) {
      client.handshake(hello, 2, RANDOM);
      TestNode.acceptStream(node.datacenter.take(SOON));
    }
    return hello.bytes();
  }

  private FakeTlsClient connect(String from) throws Exception {
    Ends ends =
        new Ends(new InetSocketAddress(InetAddress.ofLiteral(from), 40_000), node.address());
    FakeTlsClient client = node.connect();
    client.raw().send(ProxyVersion.V2.of(ends));
    return client;
  }

  private void meetsTheCover(byte[] hello, String from, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      try (FakeTlsClient stranger = connect(from)) {
        stranger.raw().send(hello);
        node.siteOf(hello).close();
      }
    }
  }

  private void isAnswered(byte[] hello, String from) throws Exception {
    try (FakeTlsClient client = connect(from)) {
      client.raw().send(hello);
      assertThat(client.raw().read()).startsWith(0x16);
    }
  }

  private double banned() {
    return node.meters.get("doppelfleet.rule.bans").gauge().value();
  }

  @Test
  void whoReplaysIsBannedThoughTheHelloIsStaleAndAWrongClockIsNot() throws Exception {
    byte[] recorded = recorded();
    now.set(now.get().plusSeconds(600));
    for (int i = 0; i < 4; i++) { // made anew each time
      byte[] late = Hellos.classic(SECRET).at(now.get().minusSeconds(600)).build().bytes();
      meetsTheCover(late, OTHER, 1);
    }
    assertThat(banned()).isZero();
    byte[] quicker = hello(); // its sender never goes on: the next may be the one whose it is
    isAnswered(quicker, CLIENT);
    meetsTheCover(quicker, OTHER, 4);
    assertThat(banned()).isZero();
    meetsTheCover(recorded, PROBER, 3);
    assertThat(banned()).isEqualTo(1);
    meetsTheCover(hello(), PROBER, 1);
    isAnswered(hello(), OTHER);
    assertThat(
            node.meters
                .get("doppelfleet.phase.failures")
                .tag("reason", "banned by a rule")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void whereAClientCameFromNobodyIsBanned() throws Exception {
    byte[] recorded = recorded();
    try (FakeTlsClient client = connect(PROBER)) {
      client.handshake(Hellos.classic(SECRET).at(now.get()).build(), 2, RANDOM);
      RawSocket datacenter = node.datacenter.take(SOON);
      TestNode.acceptStream(datacenter);
      meetsTheCover(recorded, PROBER, 9);
      assertThat(banned()).isZero();
      isAnswered(hello(), PROBER);
    }
  }
}
