package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.HostPort;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The dashboard's files, and what open pages are told. */
@Timeout(60)
final class DashboardTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir Path directory;
  private TestControl control;

  @BeforeEach
  void start() throws Exception {
    control = TestControl.start(directory);
  }

  @AfterEach
  void end() throws Exception {
    control.close();
  }

  private HttpResponse<String> page(String path, String... head) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + control.webAddress() + path));
    if (head.length > 0) {
      request.headers(head);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void allThatThePageNeedsIsThereAndOfThisHost() throws Exception {
    HttpResponse<String> index = page("/");
    assertThat(index.statusCode()).isEqualTo(200);
    assertThat(index.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
    List<String> first = references(index.body(), "(?:href|src)=\"([^\"]+)\"");
    assertThat(first).contains("/app.js", "/style.css");
    int transferred = index.body().length();
    for (String each : first) {
      transferred += all(each, new HashSet<>());
    }
    assertThat(transferred).isLessThan(300 * 1024);
  }

  /** A file's length, and that of what it imports. */
  private int all(String path, Set<String> seen) throws Exception {
    if (!seen.add(path)) {
      return 0;
    }
    HttpResponse<String> file = page(path);
    assertThat(file.statusCode()).as(path).isEqualTo(200);
    assertThat(file.body())
        .as(path)
        .doesNotContain("https://", "//cdn", "unsafeHTML", "innerHTML =");
    int length = file.body().length();
    for (String each : references(file.body(), "from \"(\\.?/[^\"]+)\"")) {
      length += all(each.startsWith(".") ? each.substring(1) : each, seen);
    }
    return length;
  }

  private static List<String> references(String text, String pattern) {
    return Pattern.compile(pattern).matcher(text).results().map(found -> found.group(1)).toList();
  }

  @Test
  void aFileThatABrowserHasIsNotSentAgain() throws Exception {
    String etag = page("/app.js").headers().firstValue("etag").orElseThrow();
    HttpResponse<String> again = page("/app.js", "If-None-Match", etag);
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/index.html", "/../fleet.key", "/%2e%2e/fleet.key", "/lib/", "/web/app.js"})
  void nothingElseIsServed(String path) throws Exception {
    assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 404 ");
  }

  @ParameterizedTest
  @CsvSource({
    "localhost,200",
    "LocalHost:8081,200",
    "127.0.0.1:9,200",
    "[::1]:8081,200",
    "x,421",
    "rebound.example:8081,421",
    "localhost.example,421",
    "127.0.0.1.example:8081,421",
  })
  void withoutTlsNobodyIsAnsweredWhoMeansAnotherHost(String host, int status) throws Exception {
    for (String path : List.of("/", "/api/v1/openapi.json")) {
      assertThat(
              raw("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 " + status + " ");
    }
  }

  @Test
  void aBodyThatNobodySaysIsJsonIsRefused() throws Exception {
    String head = "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    assertThat(raw(head + "Content-Length: 2\r\n\r\n{}")).startsWith("HTTP/1.1 415 ");
    assertThat(raw(head + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"))
        .startsWith("HTTP/1.1 400 ")
        .contains("name is missing");
  }

  private String raw(String request) throws IOException {
    HostPort address = control.webAddress();
    try (Socket socket = new Socket(address.host(), address.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String token(String role) throws Exception {
    String made = new JsonObject().put("name", role).put("role", role).encode();
    return control.call("POST", "/tokens", made).body().getString("token");
  }

  /** An open page. */
  private Socket listener(String token) throws IOException {
    HostPort address = control.webAddress();
    Socket socket = new Socket(address.host(), address.port());
    socket.setSoTimeout(20_000);
    String request =
        "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + token
            + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  /** The next status of the stream. */
  private static JsonObject next(BufferedReader stream) throws IOException {
    Pattern data = Pattern.compile("data: (.*)");
    for (String line = stream.readLine(); line != null; line = stream.readLine()) {
      if (line.startsWith("HTTP/1.1 ") && !line.equals("HTTP/1.1 200 OK")) {
        throw new IOException("refused: " + line); // and the connection stays open
      }
      Matcher matcher = data.matcher(line);
      if (matcher.matches()) {
        return new JsonObject(matcher.group(1));
      }
    }
    throw new IOException("the stream has ended");
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  @Test
  void anOpenPageIsToldHowTheFleetIsAtOnceAndWheneverThatChanges() throws Exception {
    String token = token("viewer");
    try (Socket one = listener(token);
        Socket two = listener(token)) {
      BufferedReader first = reader(one);
      BufferedReader second = reader(two);
      assertThat(next(first).getLong("revision")).isEqualTo(1);
      assertThat(next(second)).isEqualTo(control.call("GET", "/status").body());
      control.call("POST", "/secrets", TestControl.ALICE);
      assertThat(next(first).getInteger("secrets")).isEqualTo(1);
      assertThat(next(second).getLong("revision")).isEqualTo(2);
      control.report(2, "192.0.2.1:443", "www.example.org");
      assertThat(next(first).getJsonArray("nodes")).hasSize(1);
    }
  }

  @Test
  void whoMayNoMoreIsToldNoMore() throws Exception {
    try (Socket socket = listener(token("viewer"))) {
      BufferedReader stream = reader(socket);
      next(stream);
      control.call("DELETE", "/tokens/viewer");
      await().atMost(SOON.plusSeconds(10)).until(() -> ends(stream));
    }
  }

  @Test
  void whoGoesBeforeTheFirstEventTakesNoPlaceForGood() throws Exception {
    String token = token("viewer");
    for (int i = 0; i < 450; i++) { // more than may listen
      listener(token).close();
      Thread.sleep(2); // or it is refused as one of too many connections
    }
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(
            () -> {
              try (Socket socket = listener(token)) {
                return next(reader(socket)).getLong("revision") == 1;
              }
            });
  }

  private static boolean ends(BufferedReader stream) throws IOException {
    String line = stream.readLine();
    return line == null || line.equals("0"); // the last chunk
  }
}
