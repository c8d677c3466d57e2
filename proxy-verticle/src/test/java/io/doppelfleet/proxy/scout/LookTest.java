package io.doppelfleet.proxy.scout;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.doppel.FlightModel;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.doppel.Traffic;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloMould;
import io.doppelfleet.proxy.hello.KnownClients;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What one look makes of real sites, and of some that misbehave. */
@Timeout(60)
class LookTest {
  static final HostPort SITE = new HostPort(WebSite.HOST, 443);
  static final List<HelloMould> KINDS = List.of(KnownClients.tdlib(), KnownClients.desktop());

  /** So long that a busy machine doesn't make a site slow. */
  static final Bounds BOUNDS = bounds(Duration.ofSeconds(9), Duration.ofSeconds(20), 8, 4 << 20);

  private static final Bounds HASTY =
      bounds(Duration.ofMillis(700), Duration.ofSeconds(10), 8, 4 << 20);

  @TempDir Path directory;

  @Test
  void aSiteOverHttp2IsLearntWithItsFlightsAndItsRecords() throws Exception {
    try (WebSite site = WebSite.start(true, directory)) {
      Findings findings = look(site.address(), true);
      assertThat(findings.pagesFailure()).isNull();
      Profile profile = findings.after(Profile.unknown(SITE));
      assertThat(profile.flights()).hasSize(2);
      assertThat(profile.dialMicros()).hasSize(6).allMatch(micros -> micros > 0);
      for (FlightModel flight : profile.flights()) {
        assertThat(flight.group()).isEqualTo(0x1d); // this JDK has no hybrid
        assertThat(flight.extensions()).contains(43, 51);
        assertThat(flight.answers()).hasSize(3);
        assertThat(flight.answers())
            .allSatisfy(
                answer -> {
                  assertThat(answer.joined()).isBetween(500, 1500);
                  assertThat(answer.delayMicros()).isPositive();
                });
      }
      Traffic traffic = Objects.requireNonNull(profile.traffic());
      assertThat(traffic.protocol()).isEqualTo("h2");
      assertThat(site.asked()).startsWith("/", "/", "/style.css", "/long.js");
      assertThat(traffic.steady()).isGreaterThan(4_000);
      assertThat(traffic.firsts().size() + traffic.responses().size()).isEqualTo(site.answered());
      assertThat(traffic.responses())
          .anySatisfy(
              response -> {
                assertThat(response.bytes()).isGreaterThanOrEqualTo(WebSite.LONG);
                assertThat(response.sizes()).hasSizeGreaterThan(15).contains(traffic.steady());
              })
          .anySatisfy(response -> assertThat(response.bytes()).isLessThan(500));
      assertThat(traffic.opening()).as("a ticket and settings").isNotEmpty();
    }
  }

  @Test
  void aSiteOverHttp11IsLearntToo() throws Exception {
    try (WebSite site = WebSite.start(false, directory)) {
      Findings findings = look(site.address(), true);
      assertThat(findings.pagesFailure()).isNull();
      Pages pages = Objects.requireNonNull(findings.pages());
      assertThat(pages.protocol()).isEqualTo("http/1.1");
      assertThat(site.asked()).startsWith("/", "/", "/style.css", "/long.js");
      assertThat(pages.firsts().size() + pages.responses().size()).isEqualTo(site.answered());
      assertThat(pages.opening()).isNotEmpty();
      assertThat(pages.steady()).isGreaterThan(4_000);
      assertThat(pages.objection()).isNull();
    }
  }

  @Test
  void aCertificateThatVisitorsAreWarnedOfIsSaid() throws Exception {
    try (WebSite site = WebSite.start(true, directory)) {
      told(visited(site, "other.example", Look.Visit.PAGES), "is for another name");
      told(visited(site, "cover.example.org", Look.Visit.PAGES), "is for another name");
      assertThat(Diagnosis.of(visited(site, WebSite.HOST, Look.Visit.PAGES))).isEmpty();
      told(visited(site, WebSite.HOST, Look.Visit.THOROUGH), "nobody whom browsers trust");
    }
  }

  private static void told(Findings findings, String words) {
    told(findings, Trouble.Kind.CERTIFICATE, words);
  }

  private static Findings visited(WebSite site, String host, Look.Visit visit) {
    return new Look(BOUNDS, doppel(), new SecureRandom(), Clock.systemUTC())
        .at(List.of(site.address()), host, KINDS, 1, visit);
  }

  @Test
  void requestsAndBytesAreBounded() throws Exception {
    try (WebSite site = WebSite.start(false, directory)) {
      Bounds few = bounds(BOUNDS.answer(), BOUNDS.pages(), 2, 4 << 20);
      assertThat(look(site.address(), true, few).pages()).isNotNull();
      assertThat(site.asked()).hasSize(2);
      Bounds small = bounds(BOUNDS.answer(), BOUNDS.pages(), 8, 100_000);
      Pages pages = Objects.requireNonNull(look(site.address(), true, small).pages());
      assertThat(pages.responses().getLast().bytes()).as("it would be").isEqualTo(WebSite.LONG);
      assertThat(pages.responses().getLast().sizes().stream().mapToInt(size -> size).sum())
          .isBetween(100_000, 300_000);
      assertThat(site.asked()).hasSize(2 + 4);
    }
  }

  @Test
  void aFlightOfSeveralRecordsIsJoinedAndTheOperatorToldWhatThatMeans() throws Exception {
    Findings findings = answeredBy(Served.flight(36, 441, 96, 53));
    assertThat(findings.flights(KINDS.getFirst()))
        .containsOnly(new Seen.Flight(0x1301, Served.X25519, List.of(51, 43), sealed()));
    FlightModel.Answer answer =
        findings.after(Profile.unknown(SITE)).flights().getFirst().answers().getFirst();
    assertThat(answer.joined()).isEqualTo(36 + 441 + 96 + 53 + 3 * 5);
    told(findings, Trouble.Kind.SEVERAL_RECORDS, "4 encrypted records (36+441+96+53 bytes)");
  }

  private static List<Integer> sealed() {
    return List.of(36, 441, 96, 53);
  }

  @Test
  void aFlightThatComesInPiecesIsReadToItsEnd() throws Exception {
    byte[] flight = Served.flight(500, 600);
    try (RawSite site =
        RawSite.start(
            connection -> {
              hello(connection);
              for (int i = 0; i < flight.length; i += 200) {
                connection.getOutputStream().write(flight, i, Math.min(200, flight.length - i));
                Thread.sleep(5);
              }
              hello(connection);
            })) {
      assertThat(look(site.address(), false).flights(KINDS.getFirst()).getFirst().sealed())
          .containsExactly(500, 600);
    }
  }

  @Test
  void aFlightThatIsTooLongIsSaid() throws Exception {
    told(answeredBy(Served.flight(10_241)), Trouble.Kind.TOO_LONG, "10241 encrypted bytes");
    assertThat(Diagnosis.of(answeredBy(Served.flight(10_240)))).isEmpty();
  }

  @Test
  void aHelloRetryRequestIsSaid() throws Exception {
    Findings findings = answeredBy(Served.retry(0x18));
    assertThat(findings.any()).isFalse();
    told(findings, Trouble.Kind.RETRY, "secp384r1 (HelloRetryRequest)");
  }

  @Test
  void noTls13IsSaid() throws Exception {
    told(answeredBy(Served.tls12()), Trouble.Kind.OLDER_TLS, "TLS 1.2");
  }

  @Test
  void garbageIsSaid() throws Exception {
    told(answeredBy(Served.plainHttp()), Trouble.Kind.GARBAGE, "no TLS");
    told(answeredBy(new byte[] {0x16, 3, 3, 0, 4, 9, 9, 9, 9}), Trouble.Kind.GARBAGE, "no TLS");
  }

  @Test
  void aRefusalIsSaid() throws Exception {
    told(answeredBy(Served.alert(112)), Trouble.Kind.REFUSES, "cover.example (TLS alert 112)");
    told(answeredBy(new byte[0]), Trouble.Kind.REFUSES, "without an answer");
  }

  @Test
  void aSlowSiteIsSaidAndNotAskedAgain() throws Exception {
    try (RawSite site = RawSite.start(connection -> Thread.sleep(20_000))) {
      Findings findings = look(site.address(), false, HASTY);
      told(findings, Trouble.Kind.SLOW, "in time");
      assertThat(site.accepted()).isEqualTo(1);
    }
  }

  @Test
  void anEndlessSiteIsSaid() throws Exception {
    try (RawSite site =
        RawSite.start(
            connection -> {
              hello(connection);
              connection.getOutputStream().write(Served.flight(100));
              while (true) {
                connection.getOutputStream().write(Served.sealed(16_000));
              }
            })) {
      told(look(site.address(), false, HASTY), Trouble.Kind.ENDLESS, "doesn't end");
    }
  }

  @Test
  void aFlightOfMoreRecordsThanAProfileKeepsIsEndless() throws Exception {
    int[] some = new int[64];
    Arrays.fill(some, 30);
    assertThat(answeredBy(Served.flight(some)).any()).isTrue();
    int[] more = new int[65];
    Arrays.fill(more, 30);
    told(answeredBy(Served.flight(more)), Trouble.Kind.ENDLESS, "doesn't end");
  }

  /** It takes 8 KB and 512 bytes at most, which the name is too long for, beside a long hello. */
  @Test
  void aKindOfWhichNoHelloCanBeMadeSpoilsNoOther() throws Exception {
    byte[] known = KnownClients.desktop().fresh(WebSite.HOST, new SecureRandom());
    byte[] bytes = Arrays.copyOf(known, 8_150);
    int lengthAt = 5 + 4 + 2 + 32 + 1 + 32 + 2 + 32 + 2;
    int added = bytes.length - known.length;
    ByteBuffer out = ByteBuffer.wrap(bytes);
    out.putShort(lengthAt, (short) (out.getShort(lengthAt) + added));
    out.putShort(known.length, (short) 0x7777).putShort(known.length + 2, (short) (added - 4));
    HelloMould longest = HelloMould.of(new ClientHello(bytes), false).orElseThrow();
    String host = "a".repeat(1_200);
    try (RawSite site = RawSite.start(answering(Served.flight(900)))) {
      Findings findings =
          new Look(BOUNDS, doppel(), new SecureRandom(), Clock.systemUTC())
              .at(
                  List.of(site.address()),
                  host,
                  List.of(KINDS.getFirst(), longest, KINDS.getLast()),
                  2,
                  Look.Visit.NONE);
      assertThat(findings.flights(KINDS.getFirst())).hasSize(2);
      assertThat(findings.flights(KINDS.getLast())).hasSize(2);
      assertThat(findings.flights(longest)).isEmpty();
    }
  }

  @Test
  void aSiteThatAsksWithoutEndAndReadsNothingIsLeftInTime() throws Exception {
    Bounds bounds = bounds(BOUNDS.answer(), Duration.ofSeconds(5), 8, 4 << 20);
    KeyStore store = KeyStore.getInstance("PKCS12");
    char[] password = "changeit".toCharArray();
    store.load(new ByteArrayInputStream(WebSite.store(directory, "EC", "secp256r1")), password);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    try (RawSite site =
        RawSite.start(
            connection -> {
              connection.setReceiveBufferSize(4096);
              SSLSocket tls =
                  (SSLSocket) context.getSocketFactory().createSocket(connection, null, true);
              SSLParameters parameters = tls.getSSLParameters();
              parameters.setApplicationProtocols(new String[] {"h2"});
              tls.setSSLParameters(parameters);
              tls.startHandshake();
              byte[] ping = HexFormat.of().parseHex("000008060000000000" + "00".repeat(8));
              byte[] pings = new byte[17 * 900];
              for (int i = 0; i < pings.length; i += ping.length) {
                System.arraycopy(ping, 0, pings, i, ping.length);
              }
              while (true) {
                tls.getOutputStream().write(pings);
              }
            })) {
      CompletableFuture<Findings> look = new CompletableFuture<>();
      Thread.ofPlatform().daemon().start(() -> look.complete(look(site.address(), true, bounds)));
      Findings findings = look.get(20, TimeUnit.SECONDS);
      assertThat(findings.pages()).isNull();
      assertThat(findings.pagesFailure()).isEqualTo("it takes too long");
    }
  }

  @Test
  void aDrippingSiteIsSlow() throws Exception {
    try (RawSite site =
        RawSite.start(
            connection -> {
              hello(connection);
              for (byte each : Served.flight(4_000)) {
                connection.getOutputStream().write(each);
                Thread.sleep(2);
              }
            })) {
      told(look(site.address(), false, HASTY), Trouble.Kind.SLOW, "in time");
    }
  }

  @Test
  void nobodyThereIsSaid() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    told(
        look(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), true),
        Trouble.Kind.UNREACHABLE,
        "a closed door");
  }

  @Test
  void theNextAddressIsAskedWhereTheFirstIsDown() throws Exception {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      InetSocketAddress down =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), free.getLocalPort());
      free.close();
      try (RawSite site = RawSite.start(answering(Served.flight(700)))) {
        Findings findings =
            new Look(BOUNDS, doppel(), new SecureRandom(), Clock.systemUTC())
                .at(List.of(down, site.address()), WebSite.HOST, KINDS, 1, Look.Visit.NONE);
        assertThat(findings.any()).isTrue();
        assertThat(findings.address()).isEqualTo(site.address());
      }
    }
  }

  @Test
  void whatCannotBeReachedIsNotSeenYetForAnotherOfItsAddressesMayLeadBack() throws Exception {
    InetSocketAddress down;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      down = (InetSocketAddress) free.getLocalSocketAddress();
    }
    Doppel doppel = doppel();
    new Look(BOUNDS, doppel, new SecureRandom(), Clock.systemUTC())
        .at(List.of(down), WebSite.HOST, KINDS, 1, Look.Visit.NONE);
    assertThat(doppel.isCoverSeen()).isFalse();
    try (WebSite site = WebSite.start(false, directory)) {
      new Look(BOUNDS, doppel, new SecureRandom(), Clock.systemUTC())
          .at(List.of(down, site.address()), WebSite.HOST, KINDS, 1, Look.Visit.NONE);
    }
    assertThat(doppel.isCoverSeen()).isTrue();
  }

  private static void told(Findings findings, Trouble.Kind kind, String words) {
    assertThat(Diagnosis.of(findings))
        .singleElement()
        .satisfies(
            trouble -> {
              assertThat(trouble.kind()).isEqualTo(kind);
              assertThat(trouble.text()).contains(words);
            });
  }

  static Findings answeredBy(byte[] answer) throws IOException {
    try (RawSite site = RawSite.start(answering(answer))) {
      return look(site.address(), false);
    }
  }

  static RawSite.Script answering(byte[] answer) {
    return connection -> {
      hello(connection);
      connection.getOutputStream().write(answer);
      if (answer.length > 0) {
        hello(connection);
      }
    };
  }

  /** Waits for the other side to say something, or to leave. */
  private static void hello(Socket connection) throws IOException {
    assertThat(connection.getInputStream().read(new byte[4096])).isNotZero();
  }

  private static Findings look(InetSocketAddress at, boolean pages) {
    return look(at, pages, BOUNDS);
  }

  private static Findings look(InetSocketAddress at, boolean pages, Bounds bounds) {
    return new Look(bounds, doppel(), new SecureRandom(), Clock.systemUTC())
        .at(List.of(at), WebSite.HOST, KINDS, 3, pages ? Look.Visit.PAGES : Look.Visit.NONE);
  }

  private static Bounds bounds(Duration answer, Duration pages, int requests, int bytes) {
    return new Bounds(Duration.ofSeconds(9), answer, pages, requests, bytes, Duration.ZERO);
  }

  static Doppel doppel() {
    return new Doppel(Profile.unknown(SITE));
  }
}
