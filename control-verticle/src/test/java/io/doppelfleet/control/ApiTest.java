package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Sender;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
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

/** The API on its socket: what it does. */
@Timeout(60)
final class ApiTest {
  private static final Duration SOON = Duration.ofSeconds(10);
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
  void aSecretIsLimitedFromItsBeginningOnWhereThatIsSaid() throws Exception {
    String limited = "{\"name\": \"alice\", \"host\": \"www.example.org\", \"limits\": %s}";
    for (String wrong :
        List.of("{\"connections\": 0}", "{\"expiry\": \"2099-01-01T00:00:00.5Z\"}")) {
      TestControl.Reply refused = control.call("POST", "/secrets", limited.formatted(wrong));
      assertThat(refused.problem()).startsWith("400 limits.");
    }
    String limits = "{\"connections\": 8, \"bytes\": {\"month\": 1024}}";
    TestControl.Reply added = control.call("POST", "/secrets", limited.formatted(limits));
    assertThat(added.etag()).isEqualTo("\"2\"");
    assertThat(added.body().getJsonObject("limits")).isEqualTo(new JsonObject(limits));
  }

  @Test
  void aSecretIsAddedListedAndRevokedAndNoAnswerButItsLinksHasItsKey() throws Exception {
    TestControl.Reply added = control.call("POST", "/secrets", TestControl.ALICE);
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
    JsonObject again = control.call("POST", "/secrets", TestControl.ALICE).body();
    assertThat(keys(again).getJsonObject(0).getInteger("generation")).isEqualTo(2);
  }

  @Test
  void linksAreOfTheNodesWhoseCoverIsTheSecretsHostOrOfAllWhereNoneIs() throws Exception {
    control.call("POST", "/secrets", TestControl.ALICE); // www.example.org
    control.report(2, "192.0.2.1:443", "elsewhere.example.org");
    await().atMost(SOON).until(() -> servers().equals(List.of("192.0.2.1:443")));
    Sender second = new Sender("node-1", Instant.EPOCH);
    control.report(second, 2, "192.0.2.2:443", "WWW.Example.org");
    await().atMost(SOON).until(() -> servers().equals(List.of("192.0.2.2:443")));
    control.report(second, 2, "192.0.2.2:443", "another.example.org");
    await().atMost(SOON).until(() -> servers().size() == 2);
  }

  private List<String> servers() throws Exception {
    return control.call("GET", "/secrets/alice/links").body().getJsonArray("links").stream()
        .map(link -> ((JsonObject) link).getString("server"))
        .toList();
  }

  @Test
  void theLimitsOfASecretAreReplacedAsAWhole() throws Exception {
    control.call("POST", "/secrets", TestControl.ALICE);
    String all =
        "{\"connections\":8,\"addresses\":{\"count\":3,\"window\":86400},"
            + "\"bytes\":{\"day\":1,\"total\":4},\"rate\":1048576,"
            + "\"expiry\":\"2027-01-01T00:00:00Z\"}";
    TestControl.Reply limited = control.call("PUT", "/secrets/alice/limits", all);
    assertThat(limited.etag()).isEqualTo("\"3\"");
    assertThat(limited.body().getJsonObject("limits").encode()).isEqualTo(all);
    assertThat(control.callOn("\"2\"", "PUT", "/secrets/alice/limits", "{}").problem())
        .isEqualTo("412 If-Match is revision 2, and the present one is 3: look at it first");
    control.call("PUT", "/secrets/alice/limits", "{\"connections\": 1}");
    assertThat(control.call("GET", "/secrets/alice").body().getJsonObject("limits").encode())
        .isEqualTo("{\"connections\":1}");
    control.call("POST", "/secrets/alice/rotation", "{}");
    JsonObject after = control.call("PUT", "/secrets/alice/limits", "{}").body();
    assertThat(after.getJsonObject("limits")).isEmpty();
    assertThat(keys(after)).hasSize(2);
  }

  @Test
  void theHostOfASecretIsTheNodesCoverUnlessItIsSaid() throws Exception {
    assertThat(control.call("POST", "/secrets", "{\"name\": \"bob\"}").problem())
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
    control.call("POST", "/secrets", TestControl.ALICE);
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
    control.call("POST", "/secrets", TestControl.ALICE);
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
    control.call("POST", "/secrets", TestControl.ALICE);
    for (int i = 1; i < 16; i++) {
      control.call("POST", "/secrets/alice/rotation", "{}");
    }
    assertThat(control.call("POST", "/secrets/alice/rotation", "{}").problem())
        .isEqualTo(
            "409 overlap is 86400, and 16 keys work then, which are all that a secret can have: a"
                + " shorter one would be right");
    assertThat(control.call("POST", "/secrets/alice/rotation", "{\"overlap\": 0}").status())
        .isEqualTo(200);
  }

  @Test
  void anImportIsDoneAsAWholeOrNotAtAll() throws Exception {
    control.call("POST", "/secrets", TestControl.ALICE);
    String other = SECRET.replace("0011", "0012");
    String both = "{\"secrets\": {\"bob\": \"" + SECRET + "\", \"alice\": \"" + other + "\"}}";
    assertThat(control.call("POST", "/imports", both).problem())
        .isEqualTo(
            "409 secrets.alice is \"alice\", which is there already: rotate it, or take another"
                + " name");
    assertThat(control.call("GET", "/status").body().getInteger("secrets")).isEqualTo(1);
    String good = both.replace("alice", "carol");
    assertThat(control.call("POST", "/imports", good).body().getInteger("imported")).isEqualTo(2);
    assertThat(control.call("GET", "/secrets/bob/links").body().getString("secret"))
        .isEqualTo(SECRET);
    assertThat(control.call("POST", "/imports", good.replace("carol", "dave")).problem())
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
    assertThat(control.call("POST", "/bans", body).problem())
        .isEqualTo("409 prefix is 2001:db8::/32, which is banned already");
    assertThat(control.call("DELETE", "/bans/2001:db8::%2F32").status()).isEqualTo(200);
    assertThat(control.call("GET", "/bans").body().getJsonArray("bans")).isEmpty();
  }

  @Test
  void aBanThatHasEndedIsNotShownAndCanBeMadeAgainAndTheNextBanDropsAllSuch() throws Exception {
    Instant expiry = Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS);
    String until = ", \"reason\": \"probes\", \"expiry\": \"" + expiry + "\"}";
    control.call("POST", "/bans", "{\"prefix\": \"192.0.2.0/24\"" + until);
    control.call("POST", "/bans", "{\"prefix\": \"192.0.2.2\"" + until);
    control.close();
    control = TestControl.start(directory, Clock.fixed(expiry, ZoneOffset.UTC));
    assertThat(control.call("GET", "/bans").body().getJsonArray("bans")).isEmpty();
    assertThat(control.call("DELETE", "/bans/192.0.2.0%2F24").problem())
        .isEqualTo("404 192.0.2.0/24 is not banned");

    String again = "{\"prefix\": \"192.0.2.0/24\", \"reason\": \"again\"}";
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
    control.call("POST", "/secrets", TestControl.ALICE);
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
    assertThat(control.call("POST", "/revisions/2/restoration").problem())
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
    control.call("POST", "/secrets", TestControl.ALICE);
    TestControl.Reply late = control.callOn("\"1\"", "DELETE", "/secrets/alice", "");
    assertThat(late.problem())
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
    Future<TestControl.Reply> one = control.send("POST", "/secrets", TestControl.ALICE, null);
    Future<TestControl.Reply> two = control.send("POST", "/secrets", TestControl.ALICE, null);
    assertThat(List.of(TestControl.get(one).status(), TestControl.get(two).status()))
        .containsExactlyInAnyOrder(201, 409);
  }

  private List<Integer> together(int round, @Nullable String etag) throws Exception {
    List<Future<TestControl.Reply>> sent = new ArrayList<>();
    for (String name : List.of("one" + round, "two" + round)) {
      sent.add(control.send("POST", "/secrets", TestControl.ALICE.replace("alice", name), etag));
    }
    List<Integer> statuses = new ArrayList<>();
    for (Future<TestControl.Reply> each : sent) {
      statuses.add(TestControl.get(each).status());
    }
    return statuses;
  }

  private static JsonArray keys(JsonObject secret) {
    return secret.getJsonArray("keys");
  }
}
