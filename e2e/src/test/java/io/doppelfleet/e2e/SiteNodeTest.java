package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.ProxyNode;
import io.doppelfleet.proxy.ProxyOptions;
import io.doppelfleet.proxy.dial.Outbound;
import io.doppelfleet.proxy.doppel.FlightModel;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.listen.Entrance;
import io.doppelfleet.proxy.site.SiteOptions;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.cover.OwnCertificate;
import io.doppelfleet.standin.tcp.RawServer;
import io.doppelfleet.standin.tcp.RawSocket;
import io.doppelfleet.standin.wire.Obfuscated2;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A node that is its own cover: clients are served, everybody else is at a web site. */
@Timeout(60)
final class SiteNodeTest {
  private static final String HOST = "localhost";
  private static final Secret SECRET = Secret.of(TestNode.KEY, HOST);

  private static final SiteOptions.Times TIMES = quickToReload(SiteOptions.Times.defaults());

  @TempDir Path directory;
  private Path certificateFile;
  private Path keyFile;
  private OwnCertificate certificate;
  private RawServer datacenter;
  private Vertx vertx;
  private ProxyNode node;
  private byte[] bulk;

  @BeforeEach
  void start() throws Exception {
    certificate = OwnCertificate.make(HOST);
    certificateFile = directory.resolve("fullchain.pem");
    keyFile = directory.resolve("privkey.pem");
    certificate.write(certificateFile, keyFile);
    Path pages = Files.createDirectory(directory.resolve("pages"));
    Files.writeString(pages.resolve("index.html"), "<!doctype html><title>Wool</title>");
    bulk = new byte[3_000_000];
    new Random(7).nextBytes(bulk);
    Files.write(pages.resolve("bulk.bin"), bulk);
    datacenter = RawServer.start();
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setPreferNativeTransport(true));
    node =
        TestNode.await(
            ProxyNode.start(
                vertx,
                new ProxyOptions(
                    List.of(Entrance.open(new HostPort("127.0.0.1", 0))),
                    List.of(),
                    null,
                    null,
                    new SiteOptions(pages, certificateFile, keyFile, TIMES),
                    Map.of(2, List.of(datacenter.address())),
                    Outbound.DIRECT,
                    Files.createDirectory(directory.resolve("state")),
                    1,
                    Shaping.FULL,
                    ProxyOptions.Limits.defaults(),
                    Duration.ofHours(1)),
                new FleetState(1, List.of(new NamedSecret("alice", SECRET))),
                Clock.systemUTC(),
                new SimpleMeterRegistry()));
  }

  @AfterEach
  void stop() throws Exception {
    datacenter.close();
    await().atMost(TestNode.SOON).until(() -> node.connections() == 0);
    TestNode.await(node.drain());
    TestNode.await(vertx.close());
  }

  private static SiteOptions.Times quickToReload(SiteOptions.Times usual) {
    return new SiteOptions.Times(
        usual.header(), usual.keepAlive(), usual.send(), usual.linger(), Duration.ofMillis(200));
  }

  private InetSocketAddress address() {
    return new InetSocketAddress(
        InetAddress.getLoopbackAddress(), node.listening().getFirst().port());
  }

  @Test
  void aClientIsServed() throws Exception {
    try (FakeTlsClient client = FakeTlsClient.connect(address())) {
      client.handshake(Hellos.hybrid(SECRET).build(), 2, TestNode.RANDOM);
      RawSocket socket = datacenter.take(TestNode.SOON);
      Obfuscated2 stream = TestNode.acceptStream(socket);
      client.say(new byte[] {1, 2, 3}, 100);
      byte[] heard = socket.read(3);
      stream.decrypt(heard, 0, 3);
      assertThat(heard).containsExactly(1, 2, 3);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void aStrangerIsAtTheSite(HttpVersion version) throws Exception {
    HttpClient browser =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setUseAlpn(true)
                .setProtocolVersion(version)
                .setTrustOptions(certificate.trust()));
    var page =
        TestNode.await(
            browser
                .request(
                    new RequestOptions()
                        .setMethod(HttpMethod.GET)
                        .setHost(HOST)
                        .setPort(address().getPort())
                        .setURI("/bulk.bin"))
                .compose(
                    request ->
                        request
                            .send()
                            .compose(
                                response ->
                                    response
                                        .body()
                                        .map(body -> Map.of(response.version(), body)))));
    assertThat(page.get(version)).isNotNull();
    assertThat(page.get(version).getBytes()).isEqualTo(bulk);
    TestNode.await(browser.close());
  }

  /** The difference that a censor looks for: who has a secret and who has none. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientsFlightHasTheRecordsOfAStrangersFlight(boolean hybrid) throws Exception {
    Hellos hellos = hybrid ? Hellos.hybrid(SECRET) : Hellos.classic(SECRET);
    List<Integer> served = records(hellos.build());
    List<Integer> spliced = records(hellos.withWrongDigest().build());
    assertThat(spliced).hasSize(3);
    assertThat(served).hasSize(3);
    assertThat(served.subList(0, 2)).isEqualTo(spliced.subList(0, 2));
  }

  /** Strangers get another flight from then on, and so do clients, a look later. */
  @Test
  void aNewCertificateIsLearntAtOnce() throws Exception {
    await().atMost(TestNode.SOON).until(() -> node.doppel().profile().flights().size() == 2);
    int before = sealed().getAsInt();
    OwnCertificate.make("a-name-that-makes-a-longer-certificate.example")
        .write(certificateFile, keyFile);
    await().atMost(TestNode.SOON).until(() -> sealed().getAsInt() > before + 40);
  }

  /** The shortest flight that is known of the site. */
  private OptionalInt sealed() {
    return node.doppel().profile().flights().stream()
        .flatMap(flight -> flight.answers().stream())
        .mapToInt(FlightModel.Answer::joined)
        .min();
  }

  /** Lengths of the records that answer a hello. */
  private List<Integer> records(ClientHello hello) throws Exception {
    try (RawSocket socket = RawSocket.connect(address())) {
      socket.send(hello.bytes());
      List<Integer> lengths = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        byte[] head = socket.read(5);
        int length = (head[3] & 0xff) << 8 | (head[4] & 0xff);
        assertThat(socket.read(length)).hasSize(length);
        lengths.add(length);
      }
      assertThat(socket.isQuiet(Duration.ofMillis(200))).isTrue();
      return lengths;
    }
  }
}
