package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.Ports;
import io.doppelfleet.proxy.dial.Outbound;
import io.doppelfleet.proxy.dial.Upstream;
import io.doppelfleet.proxy.dial.Upstreams;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.RawSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Data centres by way of microsocks (SOCKS5) and tinyproxy (CONNECT), and without. */
@Tag("waiting")
@Timeout(60)
final class UpstreamTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final Upstream.Login LOGIN = new Upstream.Login("alice", "knit two");

  /** From which upstreams connect, so that the data centre sees whose connection it is. */
  private static final String SOCKS = "127.0.0.4";

  private static final String CONNECT = "127.0.0.5";

  @TempDir Path directory;
  private final List<Process> processes = new ArrayList<>();
  private Children children;
  private @Nullable TestNode node;

  @BeforeEach
  void begin() throws Exception {
    children = new Children();
  }

  @AfterEach
  void end() throws Exception {
    if (node != null) {
      node.close();
    }
    processes.forEach(children::stop);
  }

  private TestNode start(Upstream... upstreams) throws Exception {
    TestNode started =
        TestNode.start(
            Files.createDirectory(directory.resolve("state")),
            new Outbound(List.of(upstreams), List.of(), Outbound.Prefer.LISTED));
    node = started;
    return started;
  }

  private static Upstream upstream(
      Upstream.Kind kind, InetSocketAddress at, Upstream.@Nullable Login login) {
    return new Upstream(kind.name(), kind, at, login, 1);
  }

  private InetSocketAddress microsocks() throws Exception {
    InetSocketAddress at = Ports.free(LOOPBACK);
    run(
        at,
        "microsocks",
        "-i",
        "127.0.0.1",
        "-p",
        "" + at.getPort(),
        "-b",
        SOCKS,
        "-u",
        LOGIN.user(),
        "-P",
        LOGIN.password());
    return at;
  }

  private InetSocketAddress tinyproxy() throws Exception {
    InetSocketAddress at = Ports.free(LOOPBACK);
    Path file =
        Files.writeString(
            directory.resolve("tinyproxy.conf"),
            """
            Port %d
            Listen 127.0.0.1
            Bind %s
            Allow 127.0.0.1
            BasicAuth alice knittwo
            MaxClients 20
            Timeout 60
            """
                .formatted(at.getPort(), CONNECT));
    run(at, "tinyproxy", "-d", "-c", file.toString());
    return at;
  }

  private void run(InetSocketAddress listens, String... command) throws Exception {
    Path out = Files.createTempFile(directory, "out", "");
    Process process =
        children.startGuarded(
            new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()));
    processes.add(process);
    try {
      Ports.await(listens, process);
    } catch (IOException e) {
      throw new IOException(Arrays.asList(command) + ": " + Files.readString(out), e);
    }
  }

  /** What a client sends arrives, and the answer comes back; the result is who connected. */
  private static String passed(TestNode by) throws Exception {
    TestNode.Relayed relayed = by.relayed();
    byte[] up = new byte[200_000];
    RANDOM.nextBytes(up);
    Thread sender =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    relayed.client().say(up, 8_000);
                  } catch (IOException e) {
                    throw new IllegalStateException(e);
                  }
                });
    assertThat(relayed.heard(up.length)).isEqualTo(up);
    sender.join();
    byte[] down = {1, 2, 3};
    relayed.say(down);
    assertThat(relayed.client().hear(down.length)).isEqualTo(down);
    String from = relayed.socket().socket().getInetAddress().getHostAddress();
    relayed.client().close();
    return from;
  }

  @Test
  void clientsPassBySocks5WithALogin() throws Exception {
    TestNode by = start(upstream(Upstream.Kind.SOCKS5, microsocks(), LOGIN));
    assertThat(passed(by)).isEqualTo(SOCKS);
  }

  @Test
  void clientsPassByConnectWithALogin() throws Exception {
    TestNode by =
        start(upstream(Upstream.Kind.HTTP, tinyproxy(), new Upstream.Login("alice", "knittwo")));
    assertThat(passed(by)).isEqualTo(CONNECT);
  }

  @Test
  void whereOneRefusesAnotherServesAndItIsPassedOver() throws Exception {
    InetSocketAddress socks = microsocks();
    Upstream.Login wrong = new Upstream.Login("alice", "purl one");
    TestNode by =
        start(
            new Upstream("wrong", Upstream.Kind.SOCKS5, socks, wrong, 1000),
            new Upstream("right", Upstream.Kind.SOCKS5, socks, LOGIN, 1));
    try (Told told = new Told(Upstreams.class)) {
      for (int i = 0; i < 5; i++) {
        assertThat(passed(by)).isEqualTo(SOCKS);
      }
      assertThat(told.lines())
          .singleElement()
          .asString()
          .startsWith("the upstream wrong fails (")
          .endsWith("), others are used")
          .doesNotContain("purl", "knit");
    }
    assertThat(by.meters.get("doppelfleet.upstream.down").tag("upstream", "wrong").gauge().value())
        .isEqualTo(1);
    assertThat(by.meters.get("doppelfleet.upstream.down").tag("upstream", "right").gauge().value())
        .isZero();
  }

  /** As where a data centre can't be reached. */
  @Test
  void whereNoneWorksAClientIsRefused() throws Exception {
    TestNode by =
        start(
            upstream(Upstream.Kind.SOCKS5, Ports.free(LOOPBACK), null),
            upstream(Upstream.Kind.HTTP, Ports.free(LOOPBACK), null));
    try (Told told = new Told(Upstreams.class)) {
      for (int i = 0; i < 3; i++) {
        try (FakeTlsClient client = by.connect()) {
          client.handshake(Hellos.classic(SECRET).build(), 2, RANDOM);
          assertThat(client.raw().readToEnd().bytes()).isNotNull();
        }
      }
      assertThat(told.lines())
          .last()
          .asString()
          .endsWith(": no upstream is left, and no client reaches Telegram");
    }
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(
                        by.meters
                            .get("doppelfleet.phase.failures")
                            .tags("phase", "dial", "reason", "no answer")
                            .counter()
                            .count())
                    .isEqualTo(3));
    assertThat(by.datacenter.accepted()).isZero();
  }

  @Test
  void theAddressToConnectFromIsTheConfiguredOne() throws Exception {
    InetAddress from = InetAddress.ofLiteral("127.0.0.6");
    TestNode by =
        TestNode.start(
            Files.createDirectory(directory.resolve("state")),
            new Outbound(List.of(), List.of(from), Outbound.Prefer.LISTED));
    node = by;
    assertThat(passed(by)).isEqualTo(from.getHostAddress());
    try (RawSocket stranger = by.connectRaw()) {
      stranger.send(new byte[] {'G'});
      RawSocket site = by.cover.take(SOON);
      assertThat(site.socket().getInetAddress())
          .as("the cover's way is its own")
          .isEqualTo(LOOPBACK);
      site.close();
    }
  }
}
