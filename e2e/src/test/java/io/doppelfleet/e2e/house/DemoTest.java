package io.doppelfleet.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./doppelfleet demo}: a busy fleet by one command, and nothing when it has ended. */
@Tag("waiting")
@Timeout(120)
final class DemoTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private Path temporary;

  @BeforeEach
  void make() throws IOException {
    temporary = Files.createDirectory(directory.resolve("tmp"));
  }

  /** A shell in the background has its children ignore SIGINT, which a terminal's don't. */
  private Launched demo() throws IOException {
    return Launched.command(
        directory,
        Map.of("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + temporary),
        List.of("env", "--default-signal=INT", Launched.SCRIPT.toString(), "demo"));
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aBusyFleetIsSeenByThePrintedLinkAndCtrlCLeavesNothing() throws Exception {
    try (Launched demo = demo()) {
      demo.awaitOut("Ctrl-C ends it");
      URI link = link(demo.out());
      try (HttpClient browser = HttpClient.newHttpClient()) {
        String session = firstSession(browser, link);
        await().atMost(PATIENCE).until(() -> busyNodes(browser, link, session) == 3);
        long before = bytes(browser, link, session);
        await().atMost(PATIENCE).until(() -> bytes(browser, link, session) > before);
      }
      demo.interrupt();
      assertThat(demo.exitStatus()).as(demo.err()).isZero();
      assertThat(demo.out()).endsWith("SIGINT: the demo ends\n").doesNotContain("invite1.");
      assertThat(demo.err()).doesNotContain("ERROR", "Exception");
      assertThat(isListenedOn(link.getPort())).isFalse();
    }
  }

  @Test
  void ctrlCWhileItStartsLeavesNothing() throws Exception {
    try (Launched demo = demo()) {
      demo.awaitOut("The demo starts");
      demo.interrupt();
      assertThat(demo.exitStatus()).as(demo.err()).isZero();
      assertThat(demo.err()).doesNotContain("ERROR", "Exception");
    }
  }

  /** It is in a file of this user's own, for this is no terminal. */
  private static URI link(String printed) throws IOException {
    Matcher file = Pattern.compile("the link is in (\\S+)").matcher(printed);
    assertThat(file.find()).as(printed).isTrue();
    Path path = Path.of(file.group(1));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    return URI.create(Files.readString(path).strip());
  }

  private static String firstSession(HttpClient browser, URI link) throws Exception {
    String invitation = link.getFragment().substring("invitation=".length());
    JsonObject body =
        new JsonObject().put("invitation", invitation).put("password", "correct horse");
    HttpResponse<String> answer =
        browser.send(
            HttpRequest.newBuilder(link.resolve("/api/v1/passwords"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
  }

  private static long busyNodes(HttpClient browser, URI link, String session) throws Exception {
    return get(browser, link, session, "/nodes").getJsonArray("nodes").stream()
        .map(JsonObject.class::cast)
        .filter(node -> node.getBoolean("connected") && node.getInteger("clients", 0) > 0)
        .count();
  }

  private static long bytes(HttpClient browser, URI link, String session) throws Exception {
    JsonObject traffic = get(browser, link, session, "/status").getJsonObject("traffic");
    return Math.min(traffic.getLong("up"), traffic.getLong("down"));
  }

  private static JsonObject get(HttpClient browser, URI link, String session, String path)
      throws Exception {
    HttpResponse<String> answer =
        browser.send(
            HttpRequest.newBuilder(link.resolve("/api/v1" + path))
                .header("Cookie", session)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  private static boolean isListenedOn(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (ConnectException e) {
      return false;
    }
  }
}
