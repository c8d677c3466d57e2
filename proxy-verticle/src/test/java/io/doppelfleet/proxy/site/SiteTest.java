package io.doppelfleet.proxy.site;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Random;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The built-in site as its visitors meet it. */
@Timeout(60)
final class SiteTest {
  /** Three times as much as the kernel takes of an answer that nobody reads. */
  private static final byte[] BULK = new byte[1_000_000];

  @TempDir static Path shared;
  private static TestCertificate certificate;

  @TempDir Path directory;
  private TestSite site;

  @BeforeAll
  static void make() throws Exception {
    certificate = TestCertificate.ec(shared, "dns:localhost");
    new Random(7).nextBytes(BULK);
  }

  @BeforeEach
  void start() throws Exception {
    site = new TestSite(directory, TestSite.PATIENT, certificate);
    Files.write(site.pages.resolve("bulk.bin"), BULK);
    Files.writeString(site.pages.resolve("a.txt"), "0123456789");
    Files.createDirectory(site.pages.resolve("d"));
    Files.writeString(site.pages.resolve("d/index.html"), "<!doctype html><title>D</title>");
    Files.createDirectory(site.pages.resolve("empty"));
    Files.writeString(site.pages.resolve(".hidden"), "not for you");
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void pagesComeByBothProtocolsWithTypeAndTimes(HttpClient.Version version) throws Exception {
    try (HttpClient client = site.client(version)) {
      HttpResponse<String> page =
          client.send(site.request("/?from=home").build(), BodyHandlers.ofString());
      assertThat(page.version()).isEqualTo(version);
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.body()).isEqualTo("<!doctype html><title>Wool</title>");
      assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
      assertThat(page.headers().firstValue("content-length")).hasValue("34");
      assertThat(page.headers().firstValue("server")).isEmpty();
      assertThat(date(page, "date")).isBetween(Instant.now().minusSeconds(5), Instant.now());
      assertThat(date(page, "last-modified"))
          .isEqualTo(
              Instant.ofEpochSecond(
                  Files.getLastModifiedTime(site.pages.resolve("index.html"))
                      .toInstant()
                      .getEpochSecond()));
    }
  }

  private static Instant date(HttpResponse<?> response, String header) {
    return ZonedDateTime.parse(
            response.headers().firstValue(header).orElseThrow(),
            DateTimeFormatter.RFC_1123_DATE_TIME)
        .toInstant();
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aLongFileArrivesWholeManyAtOnce(HttpClient.Version version) throws Exception {
    try (HttpClient client = site.client(version)) {
      var answers =
          java.util.stream.IntStream.range(0, 8)
              .mapToObj(
                  i ->
                      client.sendAsync(
                          site.request("/bulk.bin").build(), BodyHandlers.ofByteArray()))
              .toList();
      for (var answer : answers) {
        assertThat(Arrays.equals(answer.get().body(), BULK)).isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void headHasTheHeadersAlone(HttpClient.Version version) throws Exception {
    try (HttpClient client = site.client(version)) {
      HttpResponse<String> head =
          client.send(site.request("/a.txt").HEAD().build(), BodyHandlers.ofString());
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.headers().firstValue("content-length")).hasValue("10");
      assertThat(head.body()).isEmpty();
      assertThat(client.send(site.request("/a.txt").build(), BodyHandlers.ofString()).body())
          .isEqualTo("0123456789");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes=2-4|206|bytes 2-4/10|234",
        "bytes=8-|206|bytes 8-9/10|89",
        "bytes=-3|206|bytes 7-9/10|789",
        "bytes=-30|206|bytes 0-9/10|0123456789",
        "bytes=5-99|206|bytes 5-9/10|56789",
        "bytes=4-2|200||0123456789",
        "bytes=0-1,4-5|200||0123456789",
        "lines=1-2|200||0123456789",
      })
  void aRangeIsAPart(String example) throws Exception {
    String[] parts = example.split("\\|", -1);
    try (HttpClient client = site.client(HttpClient.Version.HTTP_2)) {
      HttpResponse<String> part =
          client.send(
              site.request("/a.txt").header("range", parts[0]).build(), BodyHandlers.ofString());
      assertThat(String.valueOf(part.statusCode())).isEqualTo(parts[1]);
      assertThat(part.headers().firstValue("content-range").orElse("")).isEqualTo(parts[2]);
      assertThat(part.body()).isEqualTo(parts[3]);
    }
  }

  @Test
  void aRangeBeyondTheEndIsRefusedAndOneOfAnOldVersionIsTheWhole() throws Exception {
    try (HttpClient client = site.client(HttpClient.Version.HTTP_1_1)) {
      HttpResponse<String> beyond =
          client.send(
              site.request("/a.txt").header("range", "bytes=10-").build(), BodyHandlers.ofString());
      assertThat(beyond.statusCode()).isEqualTo(416);
      assertThat(beyond.headers().firstValue("content-range")).hasValue("bytes */10");
      HttpRequest old =
          site.request("/a.txt").header("range", "bytes=2-4").header("if-range", "\"x\"").build();
      assertThat(client.send(old, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void whoHasThePageIsToldSo(HttpClient.Version version) throws Exception {
    try (HttpClient client = site.client(version)) {
      var first = client.send(site.request("/a.txt").build(), BodyHandlers.ofString()).headers();
      String tag = first.firstValue("etag").orElseThrow();
      String date = first.firstValue("last-modified").orElseThrow();
      assertThat(status(client, "if-none-match", "\"x\", W/" + tag)).isEqualTo(304);
      assertThat(status(client, "if-none-match", "\"x\"")).isEqualTo(200);
      assertThat(status(client, "if-modified-since", date)).isEqualTo(304);
      assertThat(status(client, "if-modified-since", "Mon, 06 Jul 2015 10:00:00 GMT"))
          .isEqualTo(200);
      assertThat(status(client, "if-match", "\"x\"")).isEqualTo(412);
      assertThat(status(client, "if-match", tag)).isEqualTo(200);
      assertThat(status(client, "if-unmodified-since", "Mon, 06 Jul 2015 10:00:00 GMT"))
          .isEqualTo(412);
    }
  }

  private int status(HttpClient client, String header, String value) throws Exception {
    return client
        .send(site.request("/a.txt").header(header, value).build(), BodyHandlers.ofString())
        .statusCode();
  }

  @Test
  void otherMethodsAreRefusedAndTheConnectionGoesOn() throws Exception {
    try (SSLSocket visitor = site.tls()) {
      OutputStream out = visitor.getOutputStream();
      out.write(
          ("POST /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n"
                  + "x".repeat(300_000)
                  + "GET /a.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
              .getBytes(ISO_8859_1));
      assertThat(new String(TestSite.readToEnd(visitor), ISO_8859_1))
          .startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
          .contains("allow: GET, HEAD\r\n")
          .endsWith("\r\n\r\n0123456789");
    }
  }

  @Test
  void aBodyOfManyMegabytesIsNotWaitedForAndTheAnswerArrives() throws Exception {
    try (SSLSocket visitor = site.tls()) {
      OutputStream out = visitor.getOutputStream();
      out.write(
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 90000000\r\n\r\n".getBytes(ISO_8859_1));
      byte[] some = new byte[1 << 20];
      for (int i = 0; i < 5; i++) {
        out.write(some);
      }
      assertThat(new String(TestSite.readToEnd(visitor), ISO_8859_1)).startsWith("HTTP/1.1 405 ");
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInTheirOrder() throws Exception {
    try (SSLSocket visitor = site.tls()) {
      String bulk = "GET /bulk.bin HTTP/1.1\r\nHost: a\r\n\r\n";
      String last = "GET /a.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
      visitor.getOutputStream().write((bulk + bulk + last).getBytes(ISO_8859_1));
      byte[] all = TestSite.readToEnd(visitor);
      assertThat(all.length).isGreaterThan(2 * BULK.length).isLessThan(2 * BULK.length + 2000);
      assertThat(new String(all, ISO_8859_1)).endsWith("\r\n\r\n0123456789");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/no.html|404",
        "/empty/|404",
        "/d/|200",
        "/d/./../a.txt|200",
        "//a.txt|200",
        "/%61.txt|200",
        "/a.txt/|404",
        "/.hidden|404",
        "/%2ehidden|404",
        "/d/../.hidden|404",
        "/../state|400",
        "/%2e%2e/privkey.pem|400",
        "/d/../../privkey.pem|400",
        "/d/%2e%2e%2f%2e%2e%2fprivkey.pem|400",
        "/out.txt|404",
        "/outside/secret.txt|404",
        "/in.txt|200",
        "/%00|400",
        "/%zz|400",
        "/x%0d%0ay|404",
        "a.txt|400",
        "*|400",
        "http://other.example/a.txt|200",
      })
  void onlyWhatIsInTheDirectoryIsServed(String example) throws Exception {
    String[] parts = example.split("\\|", -1);
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.writeString(outside.resolve("secret.txt"), "not for you");
    Files.createSymbolicLink(site.pages.resolve("out.txt"), outside.resolve("secret.txt"));
    Files.createSymbolicLink(site.pages.resolve("outside"), outside);
    Files.createSymbolicLink(site.pages.resolve("in.txt"), Path.of("a.txt"));
    String answer = answer("GET " + parts[0] + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 " + parts[1] + " ").doesNotContain("not for you");
  }

  @Test
  void aDirectoryWithoutItsSlashIsElsewhereButNotOnAnotherHost() throws Exception {
    String end = " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    assertThat(answer("GET /d?x=1" + end))
        .startsWith("HTTP/1.1 301 ")
        .contains("location: /d/?x=1\r\n");
    assertThat(answer("GET //d" + end)).contains("location: /d/\r\n");
  }

  @Test
  void theSitesOwnPageSaysWhatIsNotThere() throws Exception {
    Files.writeString(site.pages.resolve("404.html"), "<title>lost</title>");
    assertThat(answer("GET /no HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 404 Not Found\r\n")
        .endsWith("\r\n\r\n<title>lost</title>");
  }

  @Test
  void whatIsNoRequestIsRefused() throws Exception {
    assertThat(answer("GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(answer("what\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(answer("GET / HTTP/1.1\r\nHost: a\r\nCookie: " + "c".repeat(10_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ");
    assertThat(answer("GET /" + "u".repeat(10_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
        .startsWith("HTTP/1.1 414 ");
  }

  /** As by nginx 1.22. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, '\t', 0x0b, '\r', 0x1f, ' ', 0x7f})
  void aControlByteInTheTargetIsRefused(int control) throws Exception {
    for (String target : new String[] {"/a.txt?%sx", "/a%stxt", "http://a%s/a.txt"}) {
      for (String method : new String[] {"GET", "POST"}) {
        String line = method + " " + target.formatted((char) control);
        assertThat(answer(line + " HTTP/1.1\r\nHost: a\r\n\r\n"))
            .startsWith("HTTP/1.1 400 Bad Request\r\n")
            .contains("connection: close\r\n");
      }
    }
  }

  @Test
  void whatIsNoControlByteIsPartOfAName() throws Exception {
    Files.writeString(site.pages.resolve("b \u0001.txt"), "odd");
    assertThat(answer("GET /b%20%01.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
        .endsWith("\r\n\r\nodd");
    assertThat(answer("GET /\u00e9\u0080 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 404 ");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, '\t', '\n', 0x0b, '\r', 0x1f, ' ', 0x7f})
  void underHttp2ItIsAStreamError(int control) throws Exception {
    try (SSLSocket visitor = site.http2()) {
      DataInputStream in = new DataInputStream(visitor.getInputStream());
      visitor.getOutputStream().write(RawHttp2.opening());
      visitor.getOutputStream().write(RawHttp2.get(1, "/a" + (char) control + "b"));
      visitor.getOutputStream().write(RawHttp2.get(3, "/a.txt"));
      assertThat(RawHttp2.nextOf(in, 1)).isEqualTo(RawHttp2.RST_STREAM + " 00000001");
      assertThat(RawHttp2.nextOf(in, 3)).startsWith(RawHttp2.HEADERS + " 88"); // 200
    }
  }

  @Test
  void aLongHeaderIsRefusedUnderHttp2Too() throws Exception {
    try (HttpClient client = site.client(HttpClient.Version.HTTP_2)) {
      assertThat(
              client
                  .send(
                      site.request("/").header("cookie", "c".repeat(10_000)).build(),
                      BodyHandlers.ofString())
                  .statusCode())
          .isEqualTo(431);
    }
  }

  /** Many times and slowly, for the kernel must not have taken all before the end comes. */
  @ParameterizedTest
  @CsvSource({"TLSv1.3,true", "TLSv1.3,false", "TLSv1.2,true", "TLSv1.2,false"})
  void whoClosesHisSideAfterTheRequestGetsTheWholeAnswer(String protocol, boolean says)
      throws Exception {
    for (int i = 0; i < 25; i++) {
      Socket wire = new Socket();
      wire.setReceiveBufferSize(32 * 1024);
      wire.connect(site.site.address());
      wire.setSoTimeout(10_000);
      try (SSLSocket visitor = TestSite.tls(wire, site.certificate.client(), protocol)) {
        visitor
            .getOutputStream()
            .write("GET /bulk.bin HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(ISO_8859_1));
        if (says) {
          visitor.shutdownOutput(); // close_notify, and with it the end
        } else {
          wire.shutdownOutput(); // without a word of TLS, as a prober would
        }
        byte[] all = readSlowly(visitor);
        assertThat(all.length).as("try %d", i).isGreaterThan(BULK.length);
        assertThat(
                Arrays.mismatch(
                    BULK, Arrays.copyOfRange(all, all.length - BULK.length, all.length)))
            .isEqualTo(-1);
      }
    }
  }

  private static byte[] readSlowly(SSLSocket visitor) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] some = new byte[1 << 16];
    for (int n = 0; n >= 0; n = visitor.getInputStream().read(some)) {
      all.write(some, 0, n);
      if (all.size() % 7 == 0) {
        Thread.sleep(1);
      }
    }
    return all.toByteArray();
  }

  @Test
  void whoAsksTwiceAndClosesHisSideGetsBothAnswersAndTheEnd() throws Exception {
    try (SSLSocket visitor = site.tls()) {
      String bulk = "GET /bulk.bin HTTP/1.1\r\nHost: a\r\n\r\n";
      visitor.getOutputStream().write(bulk.getBytes(ISO_8859_1));
      visitor.getOutputStream().write(bulk.getBytes(ISO_8859_1)); // a record of its own
      visitor.shutdownOutput();
      assertThat(TestSite.readToEnd(visitor).length).isGreaterThan(2 * BULK.length);
    }
  }

  @Test
  void plainHttpIsNoTlsAndTheConnectionCloses() throws Exception {
    try (Socket visitor = site.connect()) {
      visitor.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(ISO_8859_1));
      assertThat(TestSite.readToEnd(visitor)).isEmpty();
    }
  }

  private String answer(String request) throws Exception {
    try (SSLSocket visitor = site.tls()) {
      visitor.getOutputStream().write(request.getBytes(ISO_8859_1));
      return new String(TestSite.readToEnd(visitor), ISO_8859_1);
    }
  }
}
