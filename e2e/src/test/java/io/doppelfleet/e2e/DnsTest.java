package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.Ports;
import io.doppelfleet.proxy.dns.NameServer;
import io.doppelfleet.proxy.dns.Names;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.cover.OwnCertificate;
import io.doppelfleet.standin.tcp.RawServer;
import io.doppelfleet.standin.tcp.RawSocket;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Names that unbound has, asked for by UDP and TCP, TLS and HTTPS, and by a whole node. */
@Tag("waiting")
@Timeout(240)
final class DnsTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final String SERVER = "dns.test";
  private static final String PASSWORD = "knit-two";
  private static final int MANY = 60;

  /** When a node would look for its names by the way. */
  private static final Duration BEFORE_A_MINUTE = Duration.ofSeconds(50);

  private static final Duration ATTEMPT = Duration.ofSeconds(2);

  @TempDir Path directory;
  private final Map<NameServer.Kind, InetSocketAddress> ports =
      new EnumMap<>(NameServer.Kind.class);
  private final AtomicLong now = new AtomicLong();
  private Children children;
  private Process unbound;
  private Path program;
  private Path store;

  @BeforeEach
  void begin() throws Exception {
    for (NameServer.Kind kind : NameServer.Kind.values()) {
      ports.put(kind, Ports.free(LOOPBACK));
    }
    OwnCertificate certificate = OwnCertificate.make(SERVER);
    certificate.write(directory.resolve("cert.pem"), directory.resolve("key.pem"));
    store = directory.resolve("trust.p12");
    try (OutputStream out = Files.newOutputStream(store)) {
      trusted(certificate).store(out, PASSWORD.toCharArray());
    }
    // A copy: where AppArmor is on, the package's own may read nothing but its own configuration.
    program =
        Files.copy(
            Path.of("/usr/sbin/unbound"),
            directory.resolve("unbound"),
            StandardCopyOption.COPY_ATTRIBUTES);
    children = new Children();
    unbound = unbound("127.0.0.9");
    await().atMost(BEFORE_A_MINUTE).until(this::isAnsweredByTls);
  }

  /** What is loaded for TLS at first may take longer than an answer may. */
  private boolean isAnsweredByTls() throws Exception {
    SSLContext trust = trust();
    Names names = new Names(List.of(server(NameServer.Kind.TLS, SERVER)), () -> trust, now::get);
    try {
      return !names.of("cover.test").isEmpty();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  @AfterEach
  void end() {
    children.stop(unbound);
  }

  private static KeyStore trusted(OwnCertificate certificate) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(
        SERVER,
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(certificate.pem().certificate().getBytes(US_ASCII))));
    return trusted;
  }

  private SSLContext trust() throws Exception {
    KeyStore trusted = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  /** With an address that one of its names has. */
  private Process unbound(String changing) throws Exception {
    Path file = directory.resolve("unbound.conf");
    String many =
        IntStream.range(0, MANY)
            .mapToObj(i -> "  local-data: \"many.test. 60 IN A 192.0.2." + i + "\"\n")
            .collect(Collectors.joining());
    Files.writeString(
        file,
        """
        server:
          directory: "%1$s"
          chroot: ""
          username: ""
          pidfile: ""
          use-syslog: no
          num-threads: 1
          module-config: "iterator"
          interface: 127.0.0.1@%2$d
          interface: 127.0.0.1@%3$d
          interface: 127.0.0.1@%4$d
          tls-port: %3$d
          https-port: %4$d
          tls-service-pem: "%1$s/cert.pem"
          tls-service-key: "%1$s/key.pem"
          access-control: 127.0.0.0/8 allow
          local-zone: "test." static
          local-data: "cover.test. 60 IN A 127.0.0.1"
          local-data: "proxy.test. 60 IN A 127.0.0.1"
          local-data: "changing.test. 60 IN A %5$s"
          local-data: "changing.test. 30 IN AAAA 2001:db8::1"
        %6$s
        remote-control:
          control-enable: no
        """
            .formatted(
                directory,
                port(NameServer.Kind.PLAIN).getPort(),
                port(NameServer.Kind.TLS).getPort(),
                port(NameServer.Kind.HTTPS).getPort(),
                changing,
                many));
    Path out = Files.createTempFile(directory, "out", "");
    Process process =
        children.startGuarded(
            new ProcessBuilder(program.toString(), "-d", "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile()));
    try {
      for (InetSocketAddress port : ports.values()) {
        Ports.await(port, process);
      }
    } catch (IOException e) {
      throw new IOException(Files.readString(out), e);
    }
    return process;
  }

  private InetSocketAddress port(NameServer.Kind kind) {
    return Objects.requireNonNull(ports.get(kind));
  }

  private NameServer server(NameServer.Kind kind, @Nullable String name) {
    InetSocketAddress at = port(kind);
    return switch (kind) {
      case PLAIN -> new NameServer(kind, at, null, "");
      case TLS -> new NameServer(kind, at, name, "");
      case HTTPS -> new NameServer(kind, at, name, "/dns-query");
    };
  }

  private static List<String> of(Names names, String host) throws UnknownHostException {
    return names.of(host).stream().map(InetAddress::getHostAddress).toList();
  }

  /** HTTPS by its certificate's name is the node's below: that needs the process's resolver. */
  @Test
  void eachWayBringsWhatUnboundHas() throws Exception {
    SSLContext trust = trust();
    for (NameServer.Kind kind : List.of(NameServer.Kind.PLAIN, NameServer.Kind.TLS)) {
      Names names = new Names(List.of(server(kind, SERVER)), () -> trust, now::get);
      assertThat(of(names, "changing.test"))
          .as(kind.name())
          .containsExactly("127.0.0.9", "2001:db8:0:0:0:0:0:1");
      assertThat(of(names, "many.test"))
          .as(kind.name())
          .hasSize(16)
          .allMatch(a -> a.contains("192.0.2."));
      assertThatExceptionOfType(UnknownHostException.class)
          .isThrownBy(() -> names.of("nobody.test"))
          .withMessageEndingWith("no such name");
    }
    for (NameServer.Kind kind : List.of(NameServer.Kind.TLS, NameServer.Kind.HTTPS)) {
      Names names = new Names(List.of(server(kind, null)), () -> trust, now::get);
      assertThatExceptionOfType(UnknownHostException.class)
          .as("its certificate has a name, and not the address")
          .isThrownBy(() -> names.of("changing.test"));
    }
    SSLContext everybody = SSLContext.getDefault();
    Names strict =
        new Names(List.of(server(NameServer.Kind.TLS, SERVER)), () -> everybody, now::get);
    assertThatExceptionOfType(UnknownHostException.class)
        .as("nobody trusts who signed it")
        .isThrownBy(() -> strict.of("changing.test"));
  }

  @Test
  void whatUnboundSaidStaysWhileItIsDownAndIsRenewedOnceItIsBack() throws Exception {
    SSLContext trust = trust();
    Names names = new Names(List.of(server(NameServer.Kind.TLS, SERVER)), () -> trust, now::get);
    assertThat(of(names, "changing.test")).first().isEqualTo("127.0.0.9");
    children.stop(unbound);
    pass(30);
    assertThat(of(names, "changing.test")).first().isEqualTo("127.0.0.9");
    unbound = unbound("127.0.0.10");
    assertThat(of(names, "changing.test")).as("not yet asked again").contains("127.0.0.9");
    pass(10);
    assertThat(of(names, "changing.test")).first().isEqualTo("127.0.0.10");
    pass(29);
    children.stop(unbound);
    assertThat(of(names, "changing.test")).as("it holds still").contains("127.0.0.10");
  }

  private void pass(long seconds) {
    now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  /**
   * By HTTPS: where strangers are sent, and by whom clients are connected. It listens before that
   * is known, for the server comes later than the node.
   */
  @Test
  void aNodeFindsItsCoverAndItsUpstreamSoonAfterTheServerThatItIsGivenIsThere() throws Exception {
    InetSocketAddress socks = Ports.free(LOOPBACK);
    Process upstream =
        children.startGuarded(
            new ProcessBuilder(
                "microsocks", "-i", "127.0.0.1", "-p", "" + socks.getPort(), "-b", "127.0.0.4"));
    Ports.await(socks, upstream);
    List<String> environment =
        List.of(
            "env",
            ProcessNode.JAVA_OPTIONS
                + " -Djavax.net.ssl.trustStorePassword="
                + PASSWORD
                + " -Djavax.net.ssl.trustStore="
                + store,
            "DOPPELFLEET_DNS_SERVERS=" + server(NameServer.Kind.HTTPS, SERVER),
            "DOPPELFLEET_PROXY_COVER_HOST=cover.test",
            "DOPPELFLEET_PROXY_UPSTREAMS_named=socks5://proxy.test:" + socks.getPort());
    children.stop(unbound);
    try (AlertingCover cover = AlertingCover.start();
        RawServer datacenter = RawServer.start();
        ProcessNode node =
            ProcessNode.start(
                directory, cover.port(), SECRET, Map.of(2, datacenter.address()), environment)) {
      unbound = unbound("127.0.0.9");
      await().atMost(BEFORE_A_MINUTE).until(() -> isSentToCover(node));
      await().atMost(BEFORE_A_MINUTE).until(() -> isConnectedByUpstream(node, datacenter));
      assertThat(node.stop()).isZero();
    } finally {
      children.stop(upstream);
    }
  }

  private static boolean isSentToCover(ProcessNode node) {
    try (RawSocket stranger = RawSocket.connect(node.address())) {
      stranger.send(("GET /" + "x".repeat(99) + " HTTP/1.0\r\n\r\n").getBytes(US_ASCII));
      return Arrays.equals(stranger.read(), AlertingCover.ALERT);
    } catch (IOException e) { // it has no cover yet
      return false;
    }
  }

  private static boolean isConnectedByUpstream(ProcessNode node, RawServer datacenter)
      throws InterruptedException {
    try (FakeTlsClient client = FakeTlsClient.connect(node.address())) {
      client.handshake(Hellos.classic(SECRET).build(), 2, RANDOM);
      RawSocket far = datacenter.take(ATTEMPT);
      assertThat(far.socket().getInetAddress().getHostAddress()).isEqualTo("127.0.0.4");
      far.close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
