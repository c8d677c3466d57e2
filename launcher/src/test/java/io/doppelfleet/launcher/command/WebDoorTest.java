package io.doppelfleet.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.standin.cover.OwnCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a command says of a control elsewhere, by what answers there. */
@Timeout(60)
final class WebDoorTest {
  private static final String TOKEN = "api1.of-a-test";
  private static OwnCertificate certificate;

  private final Vertx vertx = Vertx.vertx();
  private HttpServer server;
  private int status = 200;
  private String body = "{}";

  @BeforeAll
  static void makeCertificate() throws Exception {
    certificate = OwnCertificate.make("localhost");
  }

  @BeforeEach
  void start() {
    server = listening(new HttpServerOptions().setSsl(true).setKeyCertOptions(certificate.key()));
  }

  private HttpServer listening(HttpServerOptions options) {
    return vertx
        .createHttpServer(options)
        .requestHandler(this::answer)
        .listen(0, "127.0.0.1")
        .await();
  }

  private void answer(HttpServerRequest request) {
    boolean known = ("Bearer " + TOKEN).equals(request.getHeader("Authorization"));
    request
        .response()
        .setStatusCode(known ? status : 401)
        .putHeader("Retry-After", "17")
        .end(known ? body : "{\"detail\": \"no\"}");
  }

  @AfterEach
  void end() {
    vertx.close().await();
  }

  private ControlUrl url(HttpServer of, boolean tls) {
    return new ControlUrl(tls, new HostPort("localhost", of.actualPort()));
  }

  private ControlUrl url() {
    return url(server, true);
  }

  private static Trust pinned(String fingerprint) {
    return new Trust(null, fingerprint);
  }

  private static JsonObject ask(ControlUrl url, String token, Trust trust) throws CommandException {
    try (ApiClient api = new ApiClient(new WebDoor(url, token, trust))) {
      return api.get("/status").body();
    }
  }

  private static CommandException refusal(ControlUrl url, String token, Trust trust) {
    return assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> ask(url, token, trust))
        .actual();
  }

  private static Trust authority() {
    return new Trust(certificate.pem().certificate(), null);
  }

  private static @Nullable String shownBy(ControlUrl url) throws CommandException {
    return new Stranger(url, new Trust(null, null)).trust(text -> true).fingerprint();
  }

  @Test
  void aControlIsAskedWhoseCertificateItsAuthorityOrItsFingerprintVouchesFor() throws Exception {
    body = "{\"revision\": 7}";
    assertThat(ask(url(), TOKEN, authority()).getLong("revision")).isEqualTo(7);
    String fingerprint = shownBy(url());
    assertThat(fingerprint).isNotNull();
    assertThat(ask(url(), TOKEN, pinned(fingerprint)).getLong("revision")).isEqualTo(7);
    // A context's authority is asked before anything else, and it is enough.
    assertThat(new Stranger(url(), authority()).trust(text -> false)).isEqualTo(authority());
  }

  @Test
  void aCertificateThatNobodyVouchesForIsToldWithItsFingerprintAndIsShownNoToken() {
    status = 500; // would be seen, if it were asked
    assertThat(refusal(url(), TOKEN, new Trust(null, null)))
        .hasMessageContaining("isn't trusted")
        .hasMessageContaining("--ca FILE");
    assertThat(refusal(url(), TOKEN, pinned("ab".repeat(32))))
        .hasMessageContaining("is another than the context's")
        .hasMessageContaining("somebody is between");
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> new Stranger(url(), new Trust(null, null)).trust(text -> false))
        .withMessageMatching(".* --fingerprint ([0-9A-F]{2}:){31}[0-9A-F]{2}");
  }

  @Test
  void anotherHostsCertificateIsNotBelieved() {
    ControlUrl byAddress = new ControlUrl(true, new HostPort("127.0.0.1", server.actualPort()));
    assertThat(refusal(byAddress, TOKEN, authority())).hasMessageContaining("isn't trusted");
  }

  @Test
  void whereNobodyListensOrNoTlsIsSpokenThatIsSaid() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    assertThat(refusal(new ControlUrl(true, new HostPort("127.0.0.1", free)), TOKEN, authority()))
        .hasMessageStartingWith("nobody listens at 127.0.0.1:" + free);
    HttpServer plain = listening(new HttpServerOptions());
    assertThat(refusal(url(plain, true), TOKEN, authority())).hasMessageContaining("speaks no TLS");
    assertThat(
            refusal(new ControlUrl(true, new HostPort("nowhere.invalid", 1)), TOKEN, authority()))
        .hasMessageStartingWith("nowhere.invalid has no address");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "403 | BARRED | ci is viewer and may not do this: operator would be right | ci is viewer",
        "404 | WRONG | there is no secret \"x\" | there is no secret",
        "404 | WRONG | there is nothing at /api/v1/x | is older than this command",
        "429 | FAILED | too many | in 17 s would be right",
        "412 | WRONG | revision 8 is there | revision 8 is there",
        "503 | FAILED | the store can't be used | the store can't be used",
      })
  void anAnswerThatRefusesIsSaidInWords(
      int answered, ExitStatus expected, String detail, String said) {
    status = answered;
    body = new JsonObject().put("detail", detail).encode();
    CommandException refusal = refusal(url(), TOKEN, authority());
    assertThat(refusal).hasMessageContaining(said);
    assertThat(refusal.status()).isEqualTo(expected);
  }

  @Test
  void aTokenThatIsNotGoodAndAServerThatIsNoControlAreSaid() {
    CommandException refusal = refusal(url(), "api1.other", authority());
    assertThat(refusal)
        .hasMessageContaining("doesn't know the token")
        .hasMessageNotContaining("api1.");
    assertThat(refusal.status()).isEqualTo(ExitStatus.BARRED);
    body = "<!doctype html>";
    assertThat(refusal(url(), TOKEN, authority())).hasMessageEndingWith("is no control's API");
  }

  @ParameterizedTest
  @CsvSource({
    "https://control.example.org:8081, https://control.example.org:8081",
    "https://control.example.org/, https://control.example.org:443",
    "http://127.0.0.1:8081, http://127.0.0.1:8081",
    "https://[2001:db8::1]:8081, 'https://[2001:db8::1]:8081'",
  })
  void anAddressIsReadAsItIsWritten(String text, String read) throws CommandException {
    assertThat(ControlUrl.parse(text)).hasToString(read);
  }

  @ParameterizedTest
  @CsvSource({
    "http://control.example.org:8081, would show the token",
    "control.example.org:8081, https://HOST:PORT is right",
    "https://user@control.example.org, https://HOST:PORT is right",
    "'https://h:1/#invitation=invite1.x', and nothing more",
    "'https://h:1/#invitation=invite1.x y', and nothing more",
    "https://h:99999, https://HOST:PORT is right",
  })
  void anotherAddressIsRefusedWithWhatIsRight(String text, String said) {
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> ControlUrl.parse(text))
        .withMessageContaining(said)
        .withMessageNotContaining("invite1")
        .matches(e -> e.status() == ExitStatus.WRONG);
  }

  @Test
  void aFileOfAuthoritiesThatHasNoneIsRefused(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("ca"), "none");
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> Trust.of(file))
        .withMessageContaining("has no certificate");
  }
}
