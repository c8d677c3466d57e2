package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.TestNode.SOON;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.Ports;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.address.Danger;
import io.doppelfleet.proxy.front.Ends;
import io.doppelfleet.proxy.front.ProxyVersion;
import io.doppelfleet.proxy.list.ListOptions;
import io.doppelfleet.proxy.listen.Entrance;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawServer;
import io.doppelfleet.standin.tcp.RawSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is on a list meets the cover: a list of nginx's that changes, and lists by listener. */
@Tag("waiting")
@Timeout(120)
final class ListsTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final String ONE = "127.0.0.2";
  private static final String ANOTHER = "127.0.0.3";
  private static final byte[] COVER = "the cover".getBytes(US_ASCII);

  /** A process looks once a second, on a machine that may have much else to do. */
  private static final Duration LATER = Duration.ofSeconds(20);

  @TempDir Path directory;
  private Path pages;
  private Path log;

  @BeforeEach
  void make() throws Exception {
    pages = Files.createDirectory(directory.resolve("pages"));
    log = directory.resolve("access.log");
  }

  private Process nginx(Children children, InetSocketAddress at) throws Exception {
    Path file = directory.resolve("nginx.conf");
    Files.writeString(
        file,
        """
        daemon off;
        master_process off;
        pid "%1$s/nginx.pid";
        events { worker_connections 64; }
        http {
          client_body_temp_path "%1$s/a"; proxy_temp_path "%1$s/b"; fastcgi_temp_path "%1$s/c";
          uwsgi_temp_path "%1$s/d"; scgi_temp_path "%1$s/e";
          log_format asked '$status $http_if_none_match';
          access_log "%2$s" asked;
          server { listen 127.0.0.1:%3$d; root "%4$s"; }
        }
        """
            .formatted(directory, log, at.getPort(), pages));
    Process process =
        children.startGuarded(
            new ProcessBuilder(
                    "/usr/sbin/nginx", "-e", directory + "/error.log", "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("out.log").toFile()));
    Ports.await(at, process);
    return process;
  }

  /** At once, as whoever publishes a list does; nginx tells lists apart by second and length. */
  private void publish(String list) throws IOException {
    Path next = Files.writeString(directory.resolve("next"), list);
    Files.move(next, pages.resolve("list.netset"), StandardCopyOption.ATOMIC_MOVE);
  }

  private static FakeTlsClient connect(InetSocketAddress to, String from) throws IOException {
    return FakeTlsClient.connect(to, InetAddress.ofLiteral(from));
  }

  private static boolean meetsTheCover(InetSocketAddress node, String from) throws Exception {
    ClientHello hello = Hellos.classic(SECRET).build();
    try (FakeTlsClient client = connect(node, from)) {
      client.raw().send(hello.bytes());
      byte[] first = client.raw().read(COVER.length);
      if (Arrays.equals(first, COVER)) {
        return true;
      }
      assertThat(first).as("a server's flight").startsWith(0x16, 3, 3);
      return false;
    }
  }

  /** A client whose stream is open, and its data centre's end. */
  private record Live(FakeTlsClient client, RawSocket socket) {
    static Live open(InetSocketAddress node, RawServer datacenter, String from) throws Exception {
      ClientHello hello = Hellos.classic(SECRET).build();
      FakeTlsClient client = connect(node, from);
      client.handshake(hello, 2, RANDOM);
      return new Live(client, datacenter.take(SOON));
    }
  }

  /** A cover that says one thing to everybody, the node's own looks too. */
  private static final class Site implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, LOOPBACK);

    Site() throws IOException {
      Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
      while (!server.isClosed()) {
        try (Socket visitor = server.accept()) {
          if (visitor.getInputStream().read(new byte[4096]) > 0) {
            visitor.getOutputStream().write(COVER);
          }
          visitor.shutdownOutput();
        } catch (IOException e) {
          // This one left, or the test is over.
        }
      }
    }

    int port() {
      return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  @Test
  void aListIsFollowedAsItsServerHasItAndKeptWhenThatIsGone() throws Exception {
    InetSocketAddress web = Ports.free(LOOPBACK);
    Children children = new Children();
    publish(ONE + " # a prober\n");
    Process nginx = nginx(children, web);
    Path file = Files.writeString(directory.resolve("list.txt"), "192.0.2.7\n");
    String lists =
        ("  lists: {web: {from: \"http://127.0.0.1:%d/list.netset\", every: 1s, confirm: private},"
                + " disk: {from: \"%s\", confirm: bogon}}")
            .formatted(web.getPort(), file);
    try (Site site = new Site();
        RawServer datacenter = RawServer.start()) {
      try (ProcessNode node =
          ProcessNode.startWith(directory, site.port(), SECRET, datacenter.address(), lists)) {
        assertThat(metric(node, "prefixes")).as("before it listens").isEqualTo(1);
        assertThat(meetsTheCover(node.address(), ONE)).isTrue();
        Live live = Live.open(node.address(), datacenter, ANOTHER);
        await().atMost(LATER).until(() -> Files.readString(log).contains("304 \\x22")); // a quote

        publish("<html><body>Too many requests from 127.0.0.1</body></html>\n");
        await().atMost(LATER).until(() -> metric(node, "failures_total") > 0);
        assertThat(metric(node, "prefixes")).isEqualTo(1);
        assertThat(metric(node, "last_failure_timestamp_seconds")).isPositive();
        assertThat(meetsTheCover(node.address(), ONE)).isTrue();

        publish(ANOTHER + "\n");
        assertThat(live.client().raw().readToEnd().ending()).isEqualTo(Ending.FIN);
        assertThat(live.socket().readToEnd().ending()).isEqualTo(Ending.FIN);
        live.client().close();
        assertThat(meetsTheCover(node.address(), ONE)).isFalse();
        assertThat(meetsTheCover(node.address(), ANOTHER)).isTrue();
        assertThat(metric(node, "hits_total")).isEqualTo(4);
        assertThat(metric(node, "age_seconds")).isBetween(0.0, 20.0);
        assertThat(node.log())
            .contains("the list web: 1 of its lines are no addresses, line 1 the first")
            .doesNotContain("list.netset");
        assertThat(node.stop()).isZero();
      }
      children.stop(nginx);
      Files.delete(file);
      try (ProcessNode node =
          ProcessNode.startWith(directory, site.port(), SECRET, datacenter.address(), lists)) {
        assertThat(meetsTheCover(node.address(), ANOTHER)).isTrue();
        assertThat(meetsTheCover(node.address(), ONE)).isFalse();
        assertThat(node.metric("doppelfleet_list_prefixes{list=\"disk\"}")).isEqualTo(1);
        await().atMost(LATER).until(() -> metric(node, "failures_total") > 0);
      }
    } finally {
      children.stop(nginx);
    }
  }

  private static double metric(ProcessNode node, String name) throws IOException {
    return node.metric("doppelfleet_list_" + name + "{list=\"web\"}");
  }

  @Test
  void aListIsForItsListenersAloneAndWhoIsOnNoAllowListIsAStranger() throws Exception {
    Path file = Files.writeString(directory.resolve("list.txt"), ONE + "\n");
    Entrance any = Entrance.open(new HostPort("127.0.0.1", 0));
    try (TestNode node =
        TestNode.start(
            Files.createDirectory(directory.resolve("state")),
            List.of(any, any, any),
            list("deny", PrefixList.Use.REFUSE, 1, file),
            list("allow", PrefixList.Use.ALLOW, 2, file))) {
      List<HostPort> listening = node.node.listening();
      for (int place = 0; place < 3; place++) {
        InetSocketAddress to = new InetSocketAddress(LOOPBACK, listening.get(place).port());
        for (String from : List.of(ONE, ANOTHER)) {
          boolean refused = from.equals(place == 1 ? ONE : place == 2 ? ANOTHER : "nobody");
          ClientHello hello = Hellos.classic(SECRET).build();
          try (FakeTlsClient client = connect(to, from)) {
            client.raw().send(hello.bytes());
            if (refused) {
              RawSocket site = node.cover.take(SOON);
              assertThat(site.read(hello.bytes().length)).isEqualTo(hello.bytes());
              site.close();
            } else {
              client.readFlight(hello);
            }
          }
        }
      }
      assertThat(
              node.meters
                  .get("doppelfleet.phase.failures")
                  .tags("phase", "greeting", "reason", "listed")
                  .counter()
                  .count())
          .isEqualTo(2);
      Live live =
          Live.open(new InetSocketAddress(LOOPBACK, listening.get(2).port()), node.datacenter, ONE);
      Files.writeString(file, ANOTHER + " # and no longer the other\n");
      assertThat(live.client().raw().readToEnd().ending()).isEqualTo(Ending.FIN);
      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(
                          node.meters
                              .get("doppelfleet.phase.failures")
                              .tags("phase", "relay", "reason", "listed")
                              .functionCounter()
                              .count())
                      .isEqualTo(1));
      live.client().close();
    }
  }

  @Test
  void behindARouterTheListIsAskedForWhomItNames() throws Exception {
    Path file = Files.writeString(directory.resolve("list.txt"), ONE + "\n");
    Entrance behind =
        new Entrance(new HostPort("127.0.0.1", 0), List.of(Prefix.parse("127.0.0.0/8")));
    try (TestNode node =
        TestNode.start(
            Files.createDirectory(directory.resolve("state")),
            List.of(behind),
            list("deny", PrefixList.Use.REFUSE, 0, file))) {
      for (String named : List.of(ONE, ANOTHER)) {
        ClientHello hello = Hellos.classic(SECRET).build();
        String router = named.equals(ONE) ? ANOTHER : ONE;
        try (FakeTlsClient client = connect(node.address(), router)) {
          Ends ends =
              new Ends(new InetSocketAddress(InetAddress.ofLiteral(named), 7), node.address());
          client.raw().send(ProxyVersion.V2.of(ends));
          client.raw().send(hello.bytes());
          if (named.equals(ONE)) {
            RawSocket site = node.cover.take(SOON);
            assertThat(site.read(hello.bytes().length)).isEqualTo(hello.bytes());
            site.close();
          } else {
            client.readFlight(hello);
          }
        }
      }
    }
  }

  private static ListOptions list(String name, PrefixList.Use use, int listener, Path file) {
    return new ListOptions(
        name,
        use,
        new ListOptions.Place.Disk(file),
        ListOptions.EVERY,
        Set.of(listener),
        Set.of(Danger.PRIVATE));
  }
}
