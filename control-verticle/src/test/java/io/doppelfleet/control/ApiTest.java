package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API on its socket: what it does, and what it says to what it can't do. */
@Timeout(60)
final class ApiTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String ALICE = "{\"name\": \"alice\", \"host\": \"www.example.org\"}";
  private static final String KEY = "00112233445566778899aabbccddeeff";

  /** Of www.example.org. */
  private static final String SECRET = "ee" + KEY + "7777772e6578616d706c652e6f7267";

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

  @Test
  void theSocketIsForItsOwnerAlone() throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(control.socket)))
        .isEqualTo("rw-------");
  }

  @Test
  void aSocketOfAProcessThatWasKilledIsNotInTheWay() throws Exception {
    control.close();
    // A socket's file stays when it is closed without being unlinked, as a killed process leaves
    // it.
    try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      killed.bind(UnixDomainSocketAddress.of(control.socket));
    }
    assertThat(Files.readAttributes(control.socket, BasicFileAttributes.class).isOther()).isTrue();
    control = TestControl.start(directory);
    assertThat(control.call("GET", "/status").status()).isEqualTo(200);
  }

  @Test
  void aPathThatIsTooLongForASocketIsSaid(@TempDir Path other) throws Exception {
    Path deep = Files.createDirectories(other.resolve("d".repeat(100)));
    assertThatThrownBy(() -> TestControl.start(deep))
        .hasMessageContaining("bytes and may have 107: set state to a shorter one");
  }

  @Test
  void aSecretIsAddedListedAndRevokedAndNoAnswerButItsLinksHasItsKey() throws Exception {
    TestControl.Reply added = control.call("POST", "/secrets", ALICE);
    assertThat(added.status()).isEqualTo(201);
    assertThat(added.etag()).isEqualTo("\"2\"");
    TestControl.Reply listed = control.call("GET", "/secrets");
    assertThat(listed.etag()).isEqualTo("\"2\"");
    assertThat(listed.body().getJsonArray("secrets"))
        .singleElement()
        .isEqualTo(added.body())
        .extracting(secret -> ((JsonObject) secret).getJsonArray("keys").getJsonObject(0))
        .satisfies(key -> assertThat(key.fieldNames()).containsExactly("generation"));
    assertThat(control.call("GET", "/secrets/alice").body()).isEqualTo(added.body());

    control.report(2, "192.0.2.1:443", "www.example.org");
    await()
        .atMost(SOON)
        .until(
            () ->
                control.call("GET", "/secrets/alice/links").body().getJsonArray("links").size()
                    == 1);
    JsonObject links = control.call("GET", "/secrets/alice/links").body();
    assertThat(links.getString("secret")).startsWith("ee").hasSize(34 + 2 * 15);
    assertThat(links.getJsonArray("links").getJsonObject(0).getString("tg"))
        .isEqualTo("tg://proxy?server=192.0.2.1&port=443&secret=" + links.getString("secret"));

    assertThat(control.call("DELETE", "/secrets/alice").body().getLong("revision")).isEqualTo(3);
    assertThat(control.call("GET", "/secrets").body().getJsonArray("secrets")).isEmpty();
    // Its name may come back, its key may not, nor a generation's number.
    JsonObject again = control.call("POST", "/secrets", ALICE).body();
    assertThat(keys(again).getJsonObject(0).getInteger("generation")).isEqualTo(2);
  }

  @Test
  void theHostOfASecretIsTheNodesCoverUnlessItIsSaid() throws Exception {
    assertThat(problem(control.call("POST", "/secrets", "{\"name\": \"bob\"}")))
        .isEqualTo("400 host is missing, and no node has said yet what its cover is");
    control.report(1, "192.0.2.1:443", "cover.example");
    await().atMost(SOON).until(() -> nodes() == 1);
    assertThat(control.call("POST", "/secrets", "{\"name\": \"bob\"}").body().getString("host"))
        .isEqualTo("cover.example");
  }

  private int nodes() throws Exception {
    return control.call("GET", "/status").body().getJsonArray("nodes").size();
  }

  @Test
  void aRotatedSecretHasANewKeyAndItsOldOneForTheOverlap() throws Exception {
    control.call("POST", "/secrets", ALICE);
    Instant before = Instant.now();
    JsonArray keys = keys(control.call("POST", "/secrets/alice/rotation", "{}").body());
    Instant end = Instant.parse(keys.getJsonObject(0).getString("until"));
    assertThat(Duration.between(before, end))
        .isBetween(Duration.ofHours(24).minusSeconds(2), Duration.ofHours(24).plusSeconds(30));
    assertThat(keys.getJsonObject(1).getInteger("generation")).isEqualTo(2);
    assertThat(keys.getJsonObject(1).containsKey("until")).isFalse();

    // A shorter overlap ends both, a longer one makes none longer.
    keys = keys(control.call("POST", "/secrets/alice/rotation", "{\"overlap\": 60}").body());
    String soon = keys.getJsonObject(0).getString("until");
    assertThat(Instant.parse(soon)).isBefore(end);
    keys = keys(control.call("POST", "/secrets/alice/rotation", "{\"overlap\": 3600}").body());
    assertThat(keys.getJsonObject(0).getString("until")).isEqualTo(soon);

    keys = keys(control.call("POST", "/secrets/alice/rotation", "{\"overlap\": 0}").body());
    assertThat(keys).hasSize(1);
    assertThat(keys.getJsonObject(0).getInteger("generation")).isEqualTo(5);
  }

  @Test
  void aKeyThatBeginsAtOnceNeedsNoClockThatAgrees() throws Exception {
    control.call("POST", "/secrets", ALICE);
    control.close();
    // Behind the clock by which the first key was made.
    Clock behind = Clock.offset(Clock.systemUTC(), Duration.ofDays(-1));
    control = TestControl.start(directory, behind);
    TestControl.Reply rotated = control.call("POST", "/secrets/alice/rotation", "{\"overlap\": 1}");
    assertThat(rotated.status()).isEqualTo(200);
    assertThat(keys(rotated.body()).getJsonObject(1).fieldNames()).containsExactly("generation");
  }

  @Test
  void aRotationThatWouldLeaveTooManyKeysNamesItsOverlap() throws Exception {
    control.call("POST", "/secrets", ALICE);
    for (int i = 1; i < 16; i++) {
      control.call("POST", "/secrets/alice/rotation", "{}");
    }
    assertThat(problem(control.call("POST", "/secrets/alice/rotation", "{}")))
        .isEqualTo(
            "409 overlap is 86400, and 16 keys work then, which are all that a secret can have: a"
                + " shorter one would be right");
    assertThat(control.call("POST", "/secrets/alice/rotation", "{\"overlap\": 0}").status())
        .isEqualTo(200);
  }

  @Test
  void anImportIsDoneAsAWholeOrNotAtAll() throws Exception {
    control.call("POST", "/secrets", ALICE);
    String other = SECRET.replace("0011", "0012");
    String both = "{\"secrets\": {\"bob\": \"" + SECRET + "\", \"alice\": \"" + other + "\"}}";
    assertThat(problem(control.call("POST", "/imports", both)))
        .isEqualTo(
            "409 secrets.alice is \"alice\", which is there already: rotate it, or take another"
                + " name");
    assertThat(control.call("GET", "/status").body().getInteger("secrets")).isEqualTo(1);
    String good = both.replace("alice", "carol");
    assertThat(control.call("POST", "/imports", good).body().getInteger("imported")).isEqualTo(2);
    assertThat(control.call("GET", "/secrets/bob/links").body().getString("secret"))
        .isEqualTo(SECRET);
    assertThat(problem(control.call("POST", "/imports", good.replace("carol", "dave"))))
        .doesNotContain(KEY)
        .startsWith("409 ");
  }

  @Test
  void aBanIsAddedListedAndRemoved() throws Exception {
    String body = "{\"prefix\": \"2001:db8::/32\", \"reason\": \"probes\"}";
    TestControl.Reply added = control.call("POST", "/bans", body);
    assertThat(added.status()).isEqualTo(201);
    assertThat(added.body().getString("author")).isEqualTo(System.getProperty("user.name"));
    assertThat(control.call("GET", "/bans").body().getJsonArray("bans"))
        .containsExactly(added.body());
    assertThat(problem(control.call("POST", "/bans", body)))
        .isEqualTo("409 prefix is 2001:db8::/32, which is banned already");
    assertThat(control.call("DELETE", "/bans/2001:db8::%2F32").status()).isEqualTo(200);
    assertThat(control.call("GET", "/bans").body().getJsonArray("bans")).isEmpty();
  }

  @Test
  void aBanThatHasEndedIsNotShownAndCanBeMadeAgainAndTheNextBanDropsAllSuch() throws Exception {
    Instant expiry = Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS);
    String until = ", \"reason\": \"probes\", \"expiry\": \"" + expiry + "\"}";
    control.call("POST", "/bans", "{\"prefix\": \"192.0.2.1\"" + until);
    control.call("POST", "/bans", "{\"prefix\": \"192.0.2.2\"" + until);
    control.close();
    control = TestControl.start(directory, Clock.fixed(expiry, ZoneOffset.UTC));
    assertThat(control.call("GET", "/bans").body().getJsonArray("bans")).isEmpty();
    assertThat(problem(control.call("DELETE", "/bans/192.0.2.1")))
        .isEqualTo("404 192.0.2.1/32 is not banned");

    String again = "{\"prefix\": \"192.0.2.1\", \"reason\": \"again\"}";
    TestControl.Reply added = control.call("POST", "/bans", again);
    assertThat(added.status()).isEqualTo(201);
    assertThat(control.call("GET", "/bans").body().getJsonArray("bans"))
        .containsExactly(added.body());
    assertThat(control.call("GET", "/status").body().getInteger("bans")).isEqualTo(1);
  }

  @Test
  void theReasonOfABanIsNotInTheHistory() throws Exception {
    control.call("POST", "/bans", "{\"prefix\": \"192.0.2.1\", \"reason\": \"of Carol\"}");
    JsonArray revisions = control.call("GET", "/revisions").body().getJsonArray("revisions");
    assertThat(revisions.getJsonObject(0).getString("what")).isEqualTo("banned 192.0.2.1/32");
  }

  @Test
  void theHistorySaysWhoDidWhatAndComparesAndRestores() throws Exception {
    control.call("POST", "/secrets", ALICE);
    control.call("POST", "/bans", "{\"prefix\": \"192.0.2.1\", \"reason\": \"probes\"}");
    control.call("DELETE", "/secrets/alice");
    JsonArray revisions =
        control.call("GET", "/revisions?limit=2").body().getJsonArray("revisions");
    assertThat(revisions).hasSize(2);
    assertThat(revisions.getJsonObject(0).getString("what")).isEqualTo("revoked secret alice");
    assertThat(revisions.getJsonObject(0).getString("origin")).isEqualTo("unix");
    assertThat(control.call("GET", "/revisions?before=2").body().getJsonArray("revisions"))
        .hasSize(1);

    JsonObject diff = control.call("GET", "/revisions/2/diff?to=3").body();
    assertThat(diff.getJsonArray("changes"))
        .singleElement()
        .satisfies(
            change -> {
              assertThat(((JsonObject) change).getString("id")).isEqualTo("192.0.2.1/32");
              assertThat(((JsonObject) change).containsKey("before")).isFalse();
            });

    TestControl.Reply compared = control.call("GET", "/revisions/2/restoration");
    assertThat(compared.body().getJsonArray("changes")).hasSize(2);
    assertThat(problem(control.call("POST", "/revisions/2/restoration")))
        .startsWith("428 If-Match is missing");
    String etag = String.valueOf(compared.etag());
    assertThat(control.callOn(etag, "POST", "/revisions/2/restoration", "{}").status())
        .isEqualTo(200);
    assertThat(control.call("GET", "/status").body().getInteger("bans")).isZero();
    JsonObject alice = control.call("GET", "/secrets/alice").body();
    assertThat(keys(alice).getJsonObject(0).getInteger("generation")).isEqualTo(2);
  }

  @Test
  void aWriteOnARevisionThatIsNotPresentAnyMoreIsRefused() throws Exception {
    control.call("POST", "/secrets", ALICE);
    TestControl.Reply late = control.callOn("\"1\"", "DELETE", "/secrets/alice", "");
    assertThat(problem(late))
        .isEqualTo("412 If-Match is revision 1, and the present one is 2: look at it first");
    assertThat(control.callOn("\"2\"", "DELETE", "/secrets/alice", "").status()).isEqualTo(200);
  }

  @Test
  void ofTwoWritersOnOneRevisionOneWinsAndWithoutARevisionBothDo() throws Exception {
    for (int round = 0; round < 5; round++) {
      String etag = String.valueOf(control.call("GET", "/secrets").etag());
      List<Integer> statuses = together(round, etag);
      assertThat(statuses).containsExactlyInAnyOrder(201, 412);
    }
    assertThat(together(9, null)).containsExactly(201, 201);
    // The same name at once: one is too late.
    Future<TestControl.Reply> one = control.send("POST", "/secrets", ALICE, null);
    Future<TestControl.Reply> two = control.send("POST", "/secrets", ALICE, null);
    assertThat(List.of(TestControl.get(one).status(), TestControl.get(two).status()))
        .containsExactlyInAnyOrder(201, 409);
  }

  private List<Integer> together(int round, @Nullable String etag) throws Exception {
    List<Future<TestControl.Reply>> sent = new ArrayList<>();
    for (String name : List.of("one" + round, "two" + round)) {
      sent.add(control.send("POST", "/secrets", ALICE.replace("alice", name), etag));
    }
    List<Integer> statuses = new ArrayList<>();
    for (Future<TestControl.Reply> each : sent) {
      statuses.add(TestControl.get(each).status());
    }
    return statuses;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET|/nothing||404|there is nothing at /api/v1/nothing",
        "PATCH|/secrets|{}|405|PATCH can't be done to /api/v1/secrets",
        "GET|/secrets/%zz||400|the request can't be understood",
        "GET|/revisions?before=%zz||400|the request can't be understood",
        "GET|/secrets/nobody||404|there is no secret \"nobody\"",
        "DELETE|/secrets/nobody||404|there is no secret \"nobody\"",
        "POST|/secrets/nobody/rotation|{}|404|there is no secret \"nobody\"",
        "GET|/secrets/nobody/links||404|there is no secret \"nobody\"",
        "POST|/secrets|nothing|400|the body is no JSON object, or has a field twice",
        "POST|/secrets|{'name':'a','name':'b'}|400|the body is no JSON object, or has a field twice",
        "POST|/imports|{'secrets':{'a':'ee','a':'ee'}}|400|the body is no JSON object, or has a field twice",
        "POST|/secrets|[1]|400|the body is no JSON object",
        "POST|/secrets|{}|400|name is missing",
        "POST|/secrets|{'name':5}|400|name is no text",
        "POST|/secrets|{'name':'-','host':'a.bc'}|400|name is \"-\": 1 to 64 of a-z A-Z 0-9 . _ - beginning with a letter or digit would be right",
        "POST|/secrets|{'name':'a','host':'a..bc'}|400|host is not right: the host name has an empty label or one of more than 63 bytes",
        "POST|/secrets|{'name':'a','hots':'a.bc'}|400|hots is no field here: host, name would be right",
        "POST|/secrets/bob/rotation|{'overlap':-1}|400|overlap is -1: 0 to 31536000 would be right",
        "POST|/secrets/bob/rotation|{'overlap':1.5}|400|overlap is 1.5: 0 to 31536000 would be right",
        "POST|/secrets/bob/rotation|{'overlap':'1h'}|400|overlap is no number: 0 to 31536000 would be right",
        "POST|/secrets|{'name':'ee00112233445566778899aabbccddeeff','host':'a.bc'}|400|name has a secret, it seems, where a name belongs",
        "POST|/imports|{'secrets':{'ee00112233445566778899aabbccddeeff':'a'}}|400|secrets has a secret, it seems, where a name belongs",
        "POST|/secrets|{'ee00112233445566778899aabbccddeeff':'a'}|400|what was asked isn't repeated: a secret may be in it",
        "GET|/secrets/ee00112233445566778899aabbccddeeff||404|what was asked isn't repeated: a secret may be in it",
        "GET|/ee00112233445566778899aabbccddeeff||404|what was asked isn't repeated: a secret may be in it",
        "DELETE|/bans/ee00112233445566778899aabbccddeeff||400|what was asked isn't repeated: a secret may be in it",
        "POST|/imports|{}|400|secrets is missing",
        "POST|/imports|{'secrets':[]}|400|secrets is no object",
        "POST|/imports|{'secrets':{}}|400|secrets is empty: one secret at least would be right",
        "POST|/imports|{'secrets':{'a':1}}|400|secrets.a is no text",
        "POST|/imports|{'secrets':{'a':'ee'}}|400|secrets.a is not right: it ends after 1 bytes: ee, 16 key bytes and a host name are right",
        "POST|/bans|{'prefix':'192.0.2.1'}|400|reason is missing",
        "POST|/bans|{'prefix':'192.0.2.1/24','reason':'x'}|400|prefix is \"192.0.2.1/24\": its address is 192.0.2.1, which has bits beyond /24: 192.0.2.0 would be right",
        "POST|/bans|{'prefix':'10.0.0.0/7','reason':'x'}|400|prefix is 10.0.0.0/7: a range of /8 or longer would be right",
        "POST|/bans|{'prefix':'192.0.2.1','reason':' '}|400|reason is \" \": one line of 1 to 200 characters, not all of them blank, would be right",
        "POST|/bans|{'prefix':'192.0.2.1','reason':'x','expiry':'soon'}|400|expiry is \"soon\": a time like 2026-11-25T07:25:18Z would be right",
        "POST|/bans|{'prefix':'192.0.2.1','reason':'x','expiry':'2020-01-01T00:00:00Z'}|400|expiry is 2020-01-01T00:00:00Z: a time after now would be right",
        "DELETE|/bans/192.0.2.9||404|192.0.2.9/32 is not banned",
        "DELETE|/bans/here||400|prefix is \"here\": a range like 192.0.2.0/24 or 2001:db8::/32 would be right",
        "GET|/revisions?limit=0||400|limit is \"0\": 1 to 1000 would be right",
        "GET|/revisions?before=x||400|before is \"x\": 1 to 9223372036854775807 would be right",
        "GET|/revisions/9/diff||400|revision is 9: 1 to 2 would be right",
        "GET|/revisions/0/diff||400|number is \"0\": 1 to 9223372036854775807 would be right",
        "GET|/revisions/1/diff?to=7||400|revision is 7: 1 to 2 would be right",
        "GET|/revisions/9/restoration||400|revision is 9: 1 to 2 would be right",
      })
  void whatCannotBeDoneIsSaidWithItsFieldAndChangesNothing(
      String method, String path, @Nullable String body, int status, String detail)
      throws Exception {
    control.call("POST", "/secrets", ALICE.replace("alice", "bob"));
    TestControl.Reply reply =
        body == null
            ? control.call(method, path)
            : control.call(method, path, body.replace('\'', '"'));
    assertThat(problem(reply)).isEqualTo(status + " " + detail);
    assertThat(reply.type()).isEqualTo("application/problem+json");
    assertThat(control.call("GET", "/status").body().getLong("revision")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/plain",
      })
  void aBodyThatIsNotMeantAsJsonIsRefusedAndNoLogHasIt(String type) throws Exception {
    try (Logged logged = Logged.of("io.doppelfleet")) {
      String head = "POST /api/v1/imports HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
      assertThat(raw(head + "Content-Type: " + type + "\r\nContent-Length: 4\r\n\r\n%e&%"))
          .startsWith("HTTP/1.1 415 ")
          .contains("\"field\":\"Content-Type\"")
          .doesNotContain("%e&%");
      String json = "Content-Type: Application/JSON; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}";
      assertThat(raw(head + json)).startsWith("HTTP/1.1 400 ").contains("secrets is missing");
      assertThat(logged.errors()).isEmpty();
    }
  }

  @Test
  void aBodyThatIsBrokenOffIsNobodysFault() throws Exception {
    try (Logged logged = Logged.of("io.doppelfleet")) {
      try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(control.socket))) {
        channel.write(
            ByteBuffer.wrap(
                "POST /api/v1/imports HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"
                    .getBytes(StandardCharsets.UTF_8)));
      }
      await().atMost(SOON).until(() -> logged.has("went away"));
      assertThat(logged.errors()).isEmpty();
    }
  }

  /** All that is answered to these bytes until the connection ends. */
  private String raw(String request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(control.socket))) {
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aWrongIfMatchIsSaid() throws Exception {
    assertThat(problem(control.callOn("7", "POST", "/secrets", ALICE)))
        .isEqualTo("400 If-Match is \"7\": one ETag like \"7\" would be right");
  }

  @Test
  void aBodyThatIsTooLongIsNotRead() throws Exception {
    TestControl.Reply reply = control.call("POST", "/imports", "x".repeat((4 << 20) + 1));
    assertThat(problem(reply)).isEqualTo("413 the body is longer than 4194304 bytes");
  }

  private static JsonArray keys(JsonObject secret) {
    return secret.getJsonArray("keys");
  }

  private static String problem(TestControl.Reply reply) {
    assertThat(reply.body().getInteger("status")).isEqualTo(reply.status());
    return reply.status() + " " + reply.body().getString("detail");
  }
}
