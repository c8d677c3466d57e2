package io.doppelfleet.control.http;

import static io.doppelfleet.control.http.Visits.asks;
import static io.doppelfleet.control.http.Visits.close;
import static io.doppelfleet.control.http.Visits.connected;
import static io.doppelfleet.control.http.Visits.isEnded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.control.authority.Authority;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Octets;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.NetClientOptions;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The API on an address. */
@Timeout(60)
final class TcpListenerTest {
  private static final HostPort ANY = new HostPort("127.0.0.1", 0);
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final int MOST = 40;

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final Counter refused = new SimpleMeterRegistry().counter("refused");
  private final Queue<TcpListener> open = new ConcurrentLinkedQueue<>();
  private final WorkerExecutor worker = vertx.createSharedWorkerExecutor("test", 1);

  @AfterEach
  void end() throws Exception {
    for (TcpListener listener : open) {
      get(listener.close());
    }
    get(vertx.close());
  }

  private Future<TcpListener> listen(WebOptions options) {
    return listen(options, 30_000);
  }

  private static WebOptions any(@Nullable CertificateFiles tls) {
    return options(ANY, true, tls);
  }

  private static WebOptions options(
      HostPort listen, boolean required, @Nullable CertificateFiles tls) {
    return new WebOptions(listen, required, tls, listen.host(), MOST);
  }

  /** Where a connection may be silent for so long at first. */
  private Future<TcpListener> listen(WebOptions options, long silentMillis) {
    Arrivals arrivals = new Arrivals(vertx, options.connections(), refused, silentMillis, 60_000);
    return TcpListener.start(
            vertx, options, worker, arrivals, request -> request.response().end("here"), 50)
        .onSuccess(open::add);
  }

  /** On another machine, so to speak: servers of one Vert.x share a port. */
  private Future<TcpListener> listen(Vertx other, WebOptions options) {
    return TcpListener.start(
        other,
        options,
        other.createSharedWorkerExecutor("test", 1),
        new Arrivals(other, options.connections(), refused),
        request -> request.response().end());
  }

  @Test
  void withoutACertificateItIsPlainHttp() throws Exception {
    TcpListener listener = get(listen(any(null)));
    assertThat(listener.address().port()).isPositive();
    HttpClient client = vertx.createHttpClient();
    assertThat(get(client.request(get(listener)).compose(r -> r.send())).statusCode())
        .isEqualTo(200);
    get(client.close());
  }

  @Test
  void aPortThatIsTakenIsAnErrorThatNamesItsKey() throws Exception {
    HostPort taken = get(listen(any(null))).address();
    Vertx other = Vertx.vertx();
    try {
      Future<TcpListener> second = listen(other, options(taken, true, null));
      assertThatThrownBy(() -> get(second))
          .hasMessageContaining("the API can't be served on " + taken + " (")
          .hasMessageEndingWith("): set control.listen");
      assertThat(get(listen(other, options(taken, false, null))))
          .as("one that was not asked for")
          .isNull();
    } finally {
      get(other.close());
    }
  }

  @Test
  void anotherCertificateIsTakenWithoutARestartAndOneOfNoUseLeftAlone() throws Exception {
    CertificateFiles files = write();
    TcpListener listener = get(listen(any(files)));
    X509Certificate first = presented(listener);
    assertThat(spoken(listener)).isEqualTo(HttpVersion.HTTP_2);
    write();
    await().atMost(SOON).until(() -> !presented(listener).equals(first));
    X509Certificate second = presented(listener);
    assertThat(spoken(listener)).isEqualTo(HttpVersion.HTTP_2);

    Files.writeString(files.certificate(), "none");
    assertStays(listener, second);
    write();
    await().atMost(SOON).until(() -> !presented(listener).equals(second));
  }

  @Test
  void aCertificateWithAnothersKeyIsLeftAlone() throws Exception {
    CertificateFiles files = write();
    TcpListener listener = get(listen(any(files)));
    X509Certificate first = presented(listener);
    byte[] key = Files.readAllBytes(files.key());
    write();
    Files.write(files.key(), key); // of the first, and of the same kind
    assertStays(listener, first);
    write();
    await().atMost(SOON).until(() -> !presented(listener).equals(first));
  }

  /** For longer than it takes to see that files have changed. */
  private void assertStays(TcpListener listener, X509Certificate present) throws Exception {
    long until = System.nanoTime() + Duration.ofMillis(500).toNanos();
    while (System.nanoTime() < until) {
      assertThat(presented(listener)).isEqualTo(present);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoSaysNothingIsCut(boolean tls) throws Exception {
    HostPort address = get(listen(any(tls ? write() : null), 500)).address();
    try (Socket silent = connected(address)) {
      assertThat(silent.getInputStream().readAllBytes()).hasSizeLessThan(100); // an alert at most
    }
  }

  @Test
  void whoSaysNoMoreThanItsHandshakeIsCut() throws Exception {
    HostPort address = get(listen(any(write()), 500)).address();
    NetClientOptions trusting =
        new NetClientOptions().setSsl(true).setTrustAll(true).setHostnameVerificationAlgorithm("");
    CompletableFuture<Boolean> cut = new CompletableFuture<>();
    get(
        vertx
            .createNetClient(trusting)
            .connect(address.port(), address.host())
            .onSuccess(socket -> socket.closeHandler(closed -> cut.complete(true))));
    assertThat(cut.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whoHasAskedMayBeSilentAfterwards() throws Exception {
    HostPort address = get(listen(any(null), 500)).address();
    try (Socket socket = connected(address)) {
      assertThat(asks(socket)).isTrue();
      Thread.sleep(1_000);
      assertThat(asks(socket)).isTrue();
    }
  }

  /** Each has an open file, which a process with a node needs for its clients. */
  @Test
  void handshakesThatAreNotDoneAreCountedToo() throws Exception {
    HostPort address = get(listen(any(write()))).address();
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i <= Arrivals.MOST_OF_ONE_NETWORK; i++) {
        silent.add(connected(address, "127.0.0.2"));
      }
      assertThat(isEnded(silent.getFirst())).isTrue();
      for (int i = Arrivals.MOST_OF_ONE_NETWORK; i <= MOST; i++) {
        silent.add(connected(address, "127.0.0.3"));
      }
      assertThat(isEnded(silent.get(1))).as("one too many in all").isTrue();
      silent.getLast().setSoTimeout(300);
      assertThatThrownBy(() -> silent.getLast().getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
    } finally {
      close(silent);
    }
  }

  private CertificateFiles write() throws Exception {
    Authority.Identity identity =
        Authority.create(Instant.now(), new SecureRandom()).certifyControl(Instant.now());
    CertificateFiles files =
        new CertificateFiles(directory.resolve("c.pem"), directory.resolve("k.pem"));
    StringBuilder chain = new StringBuilder();
    identity.chain().forEach(each -> chain.append(pem("CERTIFICATE", each)));
    Files.writeString(files.certificate(), chain);
    Files.writeString(files.key(), pem("PRIVATE KEY", identity.key()));
    return files;
  }

  private static String pem(String kind, Octets bytes) {
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(kind, Base64.getMimeEncoder().encodeToString(bytes.bytes()), kind);
  }

  /** On a connection of its own. */
  private X509Certificate presented(TcpListener listener) throws Exception {
    HttpClient client = vertx.createHttpClient(trusting());
    try {
      HttpClientResponse response =
          get(client.request(get(listener)).compose(request -> request.send()));
      return (X509Certificate) response.request().connection().peerCertificates().getFirst();
    } finally {
      get(client.close());
    }
  }

  /** What a browser speaks there, which would rather speak HTTP/2. */
  private HttpVersion spoken(TcpListener listener) throws Exception {
    HttpClient client =
        vertx.createHttpClient(trusting().setUseAlpn(true).setProtocolVersion(HttpVersion.HTTP_2));
    try {
      return get(client.request(get(listener)).compose(request -> request.send())).version();
    } finally {
      get(client.close());
    }
  }

  private static HttpClientOptions trusting() {
    return new HttpClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false);
  }

  private static RequestOptions get(TcpListener listener) {
    return new RequestOptions()
        .setMethod(HttpMethod.GET)
        .setHost(listener.address().host())
        .setPort(listener.address().port());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
