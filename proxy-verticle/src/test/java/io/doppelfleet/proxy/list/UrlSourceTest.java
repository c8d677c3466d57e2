package io.doppelfleet.proxy.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers that lead elsewhere, end too early or never, or say what nobody is to read. */
@Timeout(60)
final class UrlSourceTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final String HEAD = "HTTP/1.1 200 OK\r\n";

  @TempDir Path directory;

  private UrlSource source(HttpClient client, URI url, Duration patience, long longest) {
    return new UrlSource(client, url, directory, Duration.ofHours(1), patience, longest);
  }

  /** A list that doesn't end, in time or in bytes, or may be cut without anybody's knowing. */
  @Test
  void whoNeverEndsAndWhoDoesntSayHowLongItIsAreNoSource() throws Exception {
    Duration soon = Duration.ofMillis(300);
    refuses("it isn't whole after 300 ms", soon, 99, HEAD + "Content-Length: 9\r\n\r\n");
    // The second is the JDK's, where the end comes sooner than it is waited for.
    refuses(
        "the server doesn't say how long it is.*|it can't be fetched: the server ends before.*",
        LONG,
        99,
        HEAD + "\r\n1.2.3.4\n");
    refuses(
        "it can't be fetched: it is longer than 5 bytes \\(IOException\\)",
        LONG,
        5,
        HEAD + "Content-Length: 6\r\n\r\n1.2.3.");
    refuses(
        "it can't be fetched: it is longer than 5 bytes \\(IOException\\)",
        LONG,
        5,
        HEAD + "Transfer-Encoding: chunked\r\n\r\n6\r\n1.2.3.\r\n0\r\n\r\n");
  }

  @Test
  void noWordOfTheServersIsToldNorOfTheUrl() throws Exception {
    String ourWords = "it can't be fetched: [A-Za-z]*Exception";
    refuses(ourWords, LONG, 99, "secret\r\n\r\n");
    refuses(ourWords, LONG, 99, HEAD + "Content-Length: secret\r\n\r\n");
    refuses(
        "the server leads to a URL that may not be fetched",
        LONG,
        99,
        "HTTP/1.1 302 secret\r\nLocation: http://example.org/?key\r\nContent-Length: 0\r\n\r\n");
    refuses(
        "the server answers with HTTP status 404",
        LONG,
        99,
        "HTTP/1.1 404 secret\r\nContent-Length: 0\r\n\r\n");
  }

  @Test
  void nobodyAnswersThere() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    URI nobody = URI.create("http://127.0.0.1:" + port + "/?key");
    try (HttpClient client = UrlSource.client()) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> source(client, nobody, LONG, 99).look(Stamp.NONE, Stamp.NONE))
          .withMessageStartingWith("it can't be fetched: the server can't be connected (");
    }
  }

  private void refuses(String why, Duration patience, long longest, String answer)
      throws Exception {
    try (ServerSocket odd = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HttpClient client = UrlSource.client()) {
      Thread.ofVirtual().start(() -> say(odd, answer));
      URI there = URI.create("http://127.0.0.1:" + odd.getLocalPort() + "/?key");
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> source(client, there, patience, longest).look(Stamp.NONE, Stamp.NONE))
          .withMessageMatching(why);
      assertThat(directory).as("what came of it is gone").isEmptyDirectory();
      client.shutdownNow();
    }
  }

  private static void say(ServerSocket server, String answer) {
    try (Socket socket = server.accept()) {
      int asked = socket.getInputStream().read(new byte[4096]);
      assertThat(asked).isPositive();
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
      Thread.sleep(Duration.ofMillis(500));
    } catch (IOException | InterruptedException e) {
      // Nobody listens any more.
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://a.bc/d?e,        https://f.gh/i,      https://f.gh/i",
    "https://a.bc/d/e?f,      ../g?h,              https://a.bc/g?h",
    "https://a.bc/d,          //f.gh/i,            https://f.gh/i",
    "http://127.0.0.1/a,      http://10.0.0.1:80/, http://10.0.0.1:80/",
    "http://127.0.0.1/a,      https://f.gh/i,      https://f.gh/i",
  })
  void aServerMayLeadToWhatCouldStandInTheConfiguration(URI asked, String location, URI next)
      throws Exception {
    assertThat(UrlSource.next(asked, location)).isEqualTo(next);
  }

  @ParameterizedTest
  @CsvSource({
    "https://a.bc/d,     http://a.bc/d",
    "https://a.bc/d,     http://127.0.0.1/d",
    "http://127.0.0.1/a, http://8.8.8.8/a",
    "http://127.0.0.1/a, http://a.bc/d",
    "http://127.0.0.1/a, file:///etc/passwd",
    "http://127.0.0.1/a, https://a.bc:70000/",
    "http://127.0.0.1/a, https://me:key@a.bc/",
    "http://127.0.0.1/a, 'no URL: {'",
  })
  void andNowhereElse(URI asked, String location) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> UrlSource.next(asked, location))
        .withMessageMatching(
            "the server leads (to a URL that may not be fetched|from https to http)");
  }

  @Test
  void redirectsAreFollowedAFewTimes() throws Exception {
    try (ListServer server = new ListServer();
        HttpClient client = UrlSource.client()) {
      UrlSource once = source(client, server.url("/away?/list"), LONG, 99);
      assertThat(once.look(Stamp.NONE, Stamp.NONE))
          .isInstanceOfSatisfying(
              Source.Look.Another.class,
              another -> {
                assertThat(another.stamp().tag()).isEqualTo("\"GOOD\"");
                another.content().close();
              });
      UrlSource round = source(client, server.url("/away"), LONG, 99);
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> round.look(Stamp.NONE, Stamp.NONE))
          .withMessage("the server leads from one URL to another, more than five times");
      client.shutdownNow();
    }
  }
}
