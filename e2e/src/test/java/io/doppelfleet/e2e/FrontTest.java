package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.Ports;
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
import io.doppelfleet.proxy.listen.Entrance;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.cover.OwnCertificate;
import io.doppelfleet.standin.tcp.RawServer;
import io.doppelfleet.standin.tcp.RawSocket;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The files in {@code conf} that put HAProxy and nginx before a node, and nginx behind it. */
@Tag("waiting")
@Timeout(60)
final class FrontTest {
  private static final Path CONF = Path.of("..", "conf");
  private static final String NAME = "www.example.org";
  private static final String OTHER = "www.other.example";
  private static final Secret SECRET = Secret.of(TestNode.KEY, NAME);
  private static final Duration SOON = Duration.ofSeconds(20);

  /** For which a router waits for a whole hello, by both files. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final InetAddress CLIENT = InetAddress.ofLiteral("127.0.0.3");
  private static final InetAddress STRANGER = InetAddress.ofLiteral("127.0.0.2");

  @TempDir Path directory;
  private final Vertx vertx = TestNode.vertx();
  private final List<Process> processes = new ArrayList<>();
  private Children children;
  private RawServer datacenter;
  private InetSocketAddress front;
  private InetSocketAddress own;
  private InetSocketAddress site;
  private InetSocketAddress other;
  private InetSocketAddress otherWithHeader;
  private ProxyNode node;

  @BeforeEach
  void start() throws Exception {
    children = new Children();
    datacenter = RawServer.start();
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    front = Ports.free(loopback);
    own = Ports.free(loopback);
    site = Ports.free(loopback);
    other = Ports.free(loopback);
    otherWithHeader = Ports.free(loopback);
    startSites();
    ProxyOptions options =
        new ProxyOptions(
            List.of(
                new Entrance(
                    new HostPort("127.0.0.1", own.getPort()), List.of(Prefix.parse("127.0.0.1")))),
            List.of(),
            new HostPort("127.0.0.1", site.getPort()),
            ProxyVersion.V2,
            null,
            Map.of(2, List.of(datacenter.address())),
            Outbound.DIRECT,
            Files.createDirectory(directory.resolve("state")),
            1,
            Shaping.FULL,
            ProxyOptions.Limits.defaults(),
            ProxyOptions.SCOUT_EVERY);
    FleetState alone = new FleetState(1, List.of(new NamedSecret("alice", SECRET)));
    FleetState state =
        new FleetState(
            1,
            alone.secrets(),
            List.of(new Ban(new Prefix(STRANGER, 32), "a test", "carol", null)),
            List.of(),
            alone.settings());
    node =
        TestNode.await(
            ProxyNode.start(vertx, options, state, Clock.systemUTC(), new SimpleMeterRegistry()));
  }

  @AfterEach
  void end() throws Exception {
    datacenter.close();
    TestNode.await(node.drain());
    TestNode.await(vertx.close());
    processes.forEach(children::stop);
  }

  /** The cover, and a site that has nothing to do with the node, with and without the header. */
  private void startSites() throws Exception {
    OwnCertificate.make(NAME).write(directory.resolve("cert.pem"), directory.resolve("key.pem"));
    Path pages = Files.createDirectory(directory.resolve("pages"));
    Files.writeString(pages.resolve("index.html"), "a page of ours");
    String cover =
        Files.readString(CONF.resolve("nginx-cover.conf"))
            .replace("/etc/letsencrypt/live/www.example.org/fullchain.pem", directory + "/cert.pem")
            .replace("/etc/letsencrypt/live/www.example.org/privkey.pem", directory + "/key.pem")
            .replace("/var/www/html", pages.toString())
            .replace("8444", Integer.toString(site.getPort()));
    StringBuilder http = new StringBuilder("http {\n");
    for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
      http.append("  %s_temp_path \"%s/%s\";\n".formatted(kind, directory, kind));
    }
    http.append("access_log \"").append(directory).append("/access.log\";\n").append(cover);
    http.append(
        """
        server {
          listen 127.0.0.1:%d ssl;
          listen 127.0.0.1:%d ssl proxy_protocol;
          ssl_certificate %s/cert.pem;
          ssl_certificate_key %s/key.pem;
          access_log off;
          return 200 "a page of the other site";
        }
        """
            .formatted(other.getPort(), otherWithHeader.getPort(), directory, directory));
    nginx("cover", http + "}\n", site);
  }

  private void nginx(String name, String text, InetSocketAddress listens) throws Exception {
    Path module = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");
    String load = text.contains("stream {") ? "load_module " + module + ";\n" : "";
    Path file =
        Files.writeString(
            directory.resolve(name + ".conf"),
            load
                + "daemon off;\nmaster_process off;\npid \"%s/%s.pid\";\n"
                    .formatted(directory, name)
                + "events { worker_connections 256; }\n"
                + text);
    run(
        name,
        listens,
        "/usr/sbin/nginx",
        "-e",
        directory.resolve(name + ".log").toString(),
        "-p",
        directory.toString(),
        "-c",
        file.toString());
  }

  private void run(String name, InetSocketAddress listens, String... command) throws Exception {
    Path out = directory.resolve(name + ".out");
    Process process =
        children.startGuarded(
            new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()));
    processes.add(process);
    try {
      Ports.await(listens, process);
    } catch (IOException e) {
      throw new IOException(name + ": " + e.getMessage() + "\n" + Files.readString(out), e);
    }
  }

  private String withPorts(String file, String listen, String word, InetSocketAddress others)
      throws IOException {
    return Files.readString(CONF.resolve(file))
        .replace(listen, word + " 127.0.0.1:" + front.getPort())
        .replace("127.0.0.1:8443", "127.0.0.1:" + own.getPort())
        .replace("127.0.0.1:8445", "127.0.0.1:" + others.getPort());
  }

  @Test
  void haproxyBeforeItAndNginxBehindIt() throws Exception {
    String text = withPorts("haproxy.cfg", "bind :443", "bind", other);
    Path file = Files.writeString(directory.resolve("haproxy.cfg"), text);
    run("haproxy", front, "/usr/sbin/haproxy", "-db", "-f", file.toString());
    expectAll();
  }

  @Test
  void nginxBeforeItAndBehindIt() throws Exception {
    nginx("stream", withPorts("nginx-stream.conf", "listen 443", "listen", otherWithHeader), front);
    expectAll();
  }

  private void expectAll() throws Exception {
    try (FakeTlsClient client = FakeTlsClient.connect(front, CLIENT)) {
      client.handshake(Hellos.classic(SECRET).build(), 2, RANDOM);
      try (RawSocket far = datacenter.take(SOON)) {
        var stream = TestNode.acceptStream(far);
        byte[] said = {1, 2, 3};
        client.say(said, 100);
        byte[] heard = far.read(said.length);
        stream.decrypt(heard, 0, heard.length);
        assertThat(heard).isEqualTo(said);
      }
    }
    // Who is banned by their own address meets the cover with the right secret, and it sees whom.
    try (RawSocket banned = RawSocket.connect(front, STRANGER)) {
      banned.send(Hellos.classic(SECRET).build().bytes());
      assertThat(banned.read()[0]).as("a record of the site's").isIn((byte) 22, (byte) 21);
    }
    assertThat(page(NAME)).contains("a page of ours");
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(Files.readString(directory.resolve("access.log")))
                    .contains(STRANGER.getHostAddress() + " - - ")
                    .contains("GET /"));
    assertThat(page(OTHER)).contains("a page of the other site");
    whatIsNoHelloIsNotWaitedFor();
  }

  /** It is the node's, whose cover answers: here that it is spoken to by TLS alone. */
  private void whatIsNoHelloIsNotWaitedFor() throws IOException {
    try (RawSocket scanner = RawSocket.connect(front, STRANGER)) {
      long begin = System.nanoTime();
      scanner.send(request(NAME));
      byte[] answer = scanner.read(12);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(PATIENCE);
      assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 400");
    }
  }

  private static byte[] request(String host) {
    return ("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** As a stranger gets it, through all of them. */
  private String page(String host) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
    Socket plain = new Socket();
    plain.bind(new InetSocketAddress(STRANGER, 0));
    plain.connect(front);
    plain.setSoTimeout((int) SOON.toMillis());
    try (SSLSocket tls =
        (SSLSocket) context.getSocketFactory().createSocket(plain, host, front.getPort(), true)) {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(host)));
      tls.setSSLParameters(parameters);
      tls.getOutputStream().write(request(host));
      return new String(tls.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
