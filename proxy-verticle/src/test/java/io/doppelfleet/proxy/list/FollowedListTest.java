package io.doppelfleet.proxy.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.doppelfleet.proxy.address.AddressBits;
import io.doppelfleet.proxy.address.AddressList;
import io.doppelfleet.proxy.address.ListGate;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Lists from a real server and from files, through what goes wrong with both. */
@Timeout(60)
final class FollowedListTest {
  private static final String GOOD = "5.6.7.0/24\n2a00::/32\n";
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  @TempDir Path state;
  private final List<Lists> opened = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();
  private HttpServer server;
  private volatile Answer answer = Answer.GOOD;

  /** What the server does. */
  enum Answer {
    GOOD,
    OTHER,
    EMPTY,
    PAGE,
    ERROR,
    SHORT,
    BOGUS
  }

  @BeforeEach
  void serve() throws Exception {
    server = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void end() {
    opened.forEach(Lists::end);
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.add(
        exchange.getRequestHeaders().getFirst("If-None-Match")
            + " "
            + exchange.getRequestHeaders().getFirst("If-Modified-Since"));
    String tag = '"' + answer.name() + '"';
    if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
      exchange.sendResponseHeaders(304, -1);
      return;
    }
    exchange.getResponseHeaders().add("ETag", tag);
    exchange.getResponseHeaders().add("Last-Modified", "Sat, 28 Nov 2026 12:00:00 GMT");
    String list =
        switch (answer) {
          case GOOD, SHORT -> GOOD;
          case OTHER -> "5.6.8.0/24\n";
          case EMPTY -> "# nothing\n";
          case PAGE -> "<html>\n<p>Sorry, 5.6.7.8</p>\n</html>\n";
          case ERROR -> "5.6.9.0/24\n";
          case BOGUS -> GOOD + "10.0.0.0/8\n";
        };
    byte[] body = list.getBytes(StandardCharsets.US_ASCII);
    try (OutputStream out = exchange.getResponseBody()) {
      switch (answer) {
        case ERROR -> exchange.sendResponseHeaders(503, body.length);
        case SHORT -> exchange.sendResponseHeaders(200, body.length + 1);
        default -> exchange.sendResponseHeaders(200, body.length);
      }
      out.write(body);
    } finally {
      exchange.close();
    }
  }

  private URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private ListOptions web(AddressList.Use use, Danger... confirmed) {
    return new ListOptions(
        "web",
        use,
        new ListOptions.Place.Web(url("/list")),
        Duration.ofHours(1),
        Set.of(),
        Set.of(confirmed));
  }

  private static ListOptions disk(Path file, Danger... confirmed) {
    return new ListOptions(
        "disk",
        AddressList.Use.DENY,
        new ListOptions.Place.Disk(file),
        Duration.ofHours(1),
        Set.of(),
        Set.of(confirmed));
  }

  private FollowedList open(ListOptions options) throws IOException {
    Lists lists = Lists.open(List.of(options), state, Clock.systemUTC());
    opened.add(lists);
    return lists.all().getFirst();
  }

  private static boolean refuses(FollowedList list, String address) {
    AddressBits bits = AddressBits.of(InetAddress.ofLiteral(address));
    return new ListGate(List.of(list.addresses())).refuse(bits.high(), bits.low());
  }

  @Test
  void aListIsFetchedOnceAndThenOnlyIfItHasChanged() throws Exception {
    FollowedList list = open(web(AddressList.Use.DENY));
    assertThat(list.prefixes()).isZero();
    assertThat(list.age()).isNaN();
    assertThat(list.check()).isTrue();
    assertThat(list.prefixes()).isEqualTo(2);
    assertThat(refuses(list, "5.6.7.8")).isTrue();
    assertThat(refuses(list, "2a00::1")).isTrue();
    assertThat(refuses(list, "5.6.8.8")).isFalse();
    assertThat(list.hits()).isEqualTo(2);
    assertThat(list.check()).isFalse();
    answer = Answer.OTHER;
    assertThat(list.check()).isTrue();
    assertThat(refuses(list, "5.6.7.8")).isFalse();
    assertThat(refuses(list, "5.6.8.8")).isTrue();
    String modified = "Sat, 28 Nov 2026 12:00:00 GMT";
    assertThat(asked).containsExactly("null null", "\"GOOD\" " + modified, "\"GOOD\" " + modified);
    assertThat(list.failures()).isZero();
    assertThat(list.age()).isBetween(0.0, 30.0);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"GOOD", "OTHER"})
  void whatIsBrokenNeverReplacesAGoodOne(Answer broken) throws Exception {
    FollowedList list = open(web(AddressList.Use.DENY));
    list.check();
    answer = broken;
    assertThat(list.check()).isFalse();
    assertThat(list.failures()).isEqualTo(1);
    assertThat(list.lastFailure()).isPositive();
    assertThat(list.pause()).isLessThan(Duration.ofMinutes(1));
    assertThat(list.prefixes()).isEqualTo(2);
    assertThat(open(web(AddressList.Use.DENY)).prefixes()).as("on disk").isEqualTo(2);
    answer = Answer.OTHER;
    assertThat(list.check()).isTrue();
    assertThat(list.pause()).isGreaterThanOrEqualTo(Duration.ofHours(1));
    try (Stream<Path> files = Files.list(state.resolve("lists"))) {
      assertThat(files).as("nothing but the list").containsExactly(state.resolve("lists/web"));
    }
  }

  @Test
  void whatWasKeptIsThereAtTheStartThoughTheServerIsNotAndIsAskedForNoMore() throws Exception {
    open(web(AddressList.Use.ALLOW)).check();
    answer = Answer.ERROR;
    FollowedList later = open(web(AddressList.Use.ALLOW));
    assertThat(later.prefixes()).isEqualTo(2);
    assertThat(later.check()).isFalse();
    answer = Answer.GOOD;
    assertThat(later.check()).isFalse();
    assertThat(asked).last().asString().startsWith("\"GOOD\"");
    assertThat(later.failures()).isEqualTo(1);
  }

  @Test
  void ofAnotherPlaceOrFormatNothingIsKept() throws Exception {
    open(web(AddressList.Use.DENY)).check();
    Path kept = state.resolve("lists/web");
    ListOptions elsewhere =
        new ListOptions(
            "web",
            AddressList.Use.DENY,
            new ListOptions.Place.Web(url("/another")),
            Duration.ofHours(1),
            Set.of(),
            Set.of());
    assertThat(open(elsewhere).prefixes()).isZero();
    Files.writeString(kept, Files.readString(kept).replace("list 1\n", "list 2\n"));
    assertThat(open(web(AddressList.Use.DENY)).prefixes()).isZero();
    assertThat(Files.readString(kept)).doesNotContain("127.0.0.1");
  }

  @Test
  void anAllowListThatIsNotThereYetLetsNobodyIn() throws Exception {
    FollowedList list = open(web(AddressList.Use.ALLOW));
    assertThat(refuses(list, "5.6.7.8")).isTrue();
    list.check();
    assertThat(refuses(list, "5.6.7.8")).isFalse();
    assertThat(refuses(list, "5.6.8.8")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.0.0/8      | PRIVATE    | addresses of 10.0.0.0/8",
        "192.168.7.7     | PRIVATE    | addresses of 192.168.0.0/16",
        "fd00::/8        | PRIVATE    | addresses of fc00::/7",
        "224.0.0.0/4     | BOGON      | addresses of 224.0.0.0/3",
        "2001:db8::7     | BOGON      | addresses of 2001:db8::/32",
        "1.0.0.0-9.255.255.255 |       | ''",
        "2000::/3        | EVERYTHING | half of all addresses or more",
      })
  void whatNobodyMeansIsRefusedUntilItIsConfirmed(String entry, Danger danger, String why)
      throws Exception {
    Path file = Files.writeString(state.resolve("list"), GOOD + entry + "\n");
    if (danger == null) {
      assertThat(open(disk(file)).prefixes()).isGreaterThan(2);
      return;
    }
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> open(disk(file)))
        .withMessageStartingWith("the list disk: it would refuse ")
        .withMessageContaining(why)
        .withMessageContaining(danger.word())
        .withMessageContaining("write confirm: [")
        .withMessageEndingWith("] in proxy.lists.disk");
    Danger[] all = danger == Danger.EVERYTHING ? Danger.values() : new Danger[] {danger};
    assertThat(open(disk(file, all)).prefixes()).isPositive();
  }

  @Test
  void allOfIpv4IsRefusedForAllThatItIs() throws Exception {
    Path file = Files.writeString(state.resolve("list"), "0.0.0.0/1\n128.0.0.0/1\n");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> open(disk(file, Danger.BOGON)))
        .withMessage(
            "the list disk: it would refuse half of all addresses or more and addresses of"
                + " 10.0.0.0/8: if that is meant, write confirm: [everything, private, bogon] in"
                + " proxy.lists.disk");
  }

  @Test
  void aFileIsTakenOnceItStaysTheSameAndGarbageInItIsNot() throws Exception {
    Path file = Files.writeString(state.resolve("list"), GOOD);
    FollowedList list = open(disk(file));
    assertThat(list.prefixes()).isEqualTo(2);
    assertThat(list.check()).isFalse();
    Files.writeString(file, "5.6.8.0/24\n");
    assertThat(list.check()).as("it may still be written").isFalse();
    assertThat(list.check()).isTrue();
    assertThat(refuses(list, "5.6.8.8")).isTrue();
    Files.writeString(file, "garbage\n");
    list.check();
    list.check();
    assertThat(list.failures()).isEqualTo(1);
    assertThat(refuses(list, "5.6.8.8")).isTrue();
    assertThat(refuses(open(disk(file)), "5.6.8.8")).as("after a restart").isTrue();
    Files.delete(file);
    assertThat(refuses(open(disk(file)), "5.6.8.8")).as("after another").isTrue();
  }

  @Test
  void aFileThatIsNoListAndNeverWasOneEndsTheStart() throws Exception {
    Path file = Files.writeString(state.resolve("list"), "");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> open(disk(file)))
        .withMessage("the list disk: it is empty");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> open(disk(state)))
        .withMessage("the list disk: " + state + " is no file");
  }

  /** A list that doesn't end, in time or in bytes, or may be cut without anybody's knowing. */
  @Test
  void whoNeverEndsAndWhoDoesntSayHowLongItIsAreNoSource() throws Exception {
    Duration soon = Duration.ofMillis(300);
    String head = "HTTP/1.1 200 OK\r\n";
    refuses("it isn't whole after 0 s", soon, 99, head + "Content-Length: 9\r\n\r\n");
    Duration later = Duration.ofSeconds(20);
    // The second is the JDK's, where the end comes sooner than it is waited for.
    refuses(
        "the server doesn't say how long it is.*|it can't be fetched: EOF.*",
        later,
        99,
        head + "\r\n" + GOOD);
    refuses("it can't be fetched: .*exceeds.*", later, 5, head + "Content-Length: 6\r\n\r\n1.2.3.");
  }

  private void refuses(String why, Duration patience, long longest, String answer)
      throws Exception {
    try (ServerSocket odd = new ServerSocket(0, 1, LOOPBACK);
        HttpClient client = UrlSource.client()) {
      Thread.ofVirtual().start(() -> say(odd, answer));
      URI there = URI.create("http://127.0.0.1:" + odd.getLocalPort() + "/");
      UrlSource source = new UrlSource(client, there, Duration.ofHours(1), patience, longest);
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> source.fetch(Stamp.NONE, state.resolve("into")))
          .withMessageMatching(why);
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
}
