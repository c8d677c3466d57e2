package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.control.api.Caller;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may use the API over TCP. */
@Timeout(60)
final class WhoMayTest {
  private static final String PASSWORD = "correct horse battery";

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

  private static JsonObject json(String... namesAndValues) {
    JsonObject json = new JsonObject();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      json.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return json;
  }

  private Visitor administrator() throws Exception {
    Visitor visitor = control.visitor();
    visitor.in(
        "/passwords",
        json("invitation", String.valueOf(control.invitation()), "password", PASSWORD));
    return visitor;
  }

  /** A program with a token of this role. */
  private Visitor program(String name, String role) throws Exception {
    String made = json("name", name, "role", role).encode();
    String token = control.call("POST", "/tokens", made).body().getString("token");
    return control.visitor().with("Authorization", "Bearer " + token);
  }

  @Test
  void whoBringsNothingMaySignInAndNoMore() throws Exception {
    Visitor nobody = control.visitor();
    Visitor.Reply refused = nobody.get("/status");
    assertThat(refused.detail())
        .isEqualTo("401 who asks isn't known: sign in, or bring a token of token add");
    assertThat(refused.header("www-authenticate")).isEqualTo("Bearer");
    assertThat(nobody.call("POST", "/secrets", TestControl.ALICE).status()).isEqualTo(401);
    assertThat(nobody.with("Cookie", "doppelfleet=session1.none").get("/status").status())
        .isEqualTo(401);
    assertThat(nobody.with("Authorization", "Bearer api1.none").get("/status").detail())
        .startsWith("401 Authorization has no token that is good");
    assertThat(control.call("GET", "/status").body().getInteger("secrets")).isZero();
  }

  @Test
  void theBodyOfNobodyIsShort() throws Exception {
    String longest = json("name", "a", "password", "p".repeat(5000)).encode();
    assertThat(control.visitor().call("POST", "/session", longest).detail())
        .isEqualTo("413 the body is longer than 4096 bytes");
  }

  @Test
  void noBodyIsReadOfWhoMayNot() throws Exception {
    String endless = "x".repeat((4 << 20) + 1); // 413, if it were looked at
    assertThat(control.visitor().call("POST", "/imports", endless).status()).isEqualTo(401);
    assertThat(program("v", "viewer").call("POST", "/imports", endless).status()).isEqualTo(403);
    assertThat(control.visitor().call("POST", "/nothing", endless).status()).isEqualTo(404);
  }

  @Test
  void theFirstAdministratorComesInByALinkOnceAndThenByAPassword() throws Exception {
    String invitation = String.valueOf(control.invitation());
    Visitor first = control.visitor();
    JsonObject accepted = json("invitation", invitation, "password", PASSWORD);
    assertThat(
            first.post("/passwords", json("invitation", invitation, "password", "short")).detail())
        .isEqualTo("400 password has 5 characters: 10 to 200 would be right");
    Visitor.Reply in = first.in("/passwords", accepted);
    assertThat(in.status()).isEqualTo(201);
    assertThat(in.body().getString("role")).isEqualTo("admin");
    assertThat(in.header("set-cookie"))
        .startsWith("doppelfleet=session1.")
        .endsWith("; Path=/; HttpOnly; SameSite=Strict");
    assertThat(first.get("/status").status()).isEqualTo(200);
    assertThat(control.visitor().post("/passwords", accepted).detail())
        .isEqualTo("401 the invitation was used, has ended or never was: ask for a new one");

    Visitor again = control.visitor();
    assertThat(again.in("/session", json("name", "admin", "password", PASSWORD)).status())
        .isEqualTo(201);
    assertThat(again.get("/session").body().getString("name")).isEqualTo("admin");
    Visitor.Reply out = again.call("DELETE", "/session", null);
    assertThat(out.header("set-cookie")).contains("doppelfleet=;").contains("Max-Age=0");
    assertThat(again.get("/status").status()).isEqualTo(401);
    assertThat(first.get("/status").status()).isEqualTo(200);

    control.close();
    control = TestControl.start(directory);
    assertThat(control.invitation()).isNull();
    assertThat(
            control.visitor().in("/session", json("name", "admin", "password", PASSWORD)).status())
        .isEqualTo(201);
  }

  private int accepted(String invitation) throws Exception {
    JsonObject body = json("invitation", invitation, "password", PASSWORD);
    return control.visitor().post("/passwords", body).status();
  }

  @Test
  void asLongAsNobodyHasAPasswordEachStartInvitesAnew() throws Exception {
    String before = String.valueOf(control.invitation());
    control.close();
    control = TestControl.start(directory);
    assertThat(accepted(before)).isEqualTo(401);
    assertThat(accepted(String.valueOf(control.invitation()))).isEqualTo(201);
  }

  @Test
  void anInvitationIsGoodForADayUnlessItIsSaid() throws Exception {
    control.close();
    control = TestControl.start(directory, Clock.offset(Clock.systemUTC(), Duration.ofHours(-25)));
    String made = json("name", "anna", "role", "viewer").encode();
    String late = control.call("POST", "/accounts", made).body().getString("invitation");
    String longer = new JsonObject(made).put("name", "bert").put("time", 2 * 86_400).encode();
    String good = control.call("POST", "/accounts", longer).body().getString("invitation");
    control.close();
    control = TestControl.start(directory);
    assertThat(accepted(late)).isEqualTo(401);
    assertThat(accepted(good)).isEqualTo(201);
  }

  @Test
  void aLinkIsAnsweredWhereTheDashboardIsServedAndNowhereElse() throws Exception {
    String made = json("name", "anna", "role", "viewer").encode();
    JsonObject invited = control.call("POST", "/accounts", made).body();
    assertThat(invited.getString("link"))
        .isEqualTo(
            "http://" + control.webAddress() + "/#invitation=" + invited.getString("invitation"));
    control.close();
    control = TestControl.unserved(directory);
    assertThat(control.call("POST", "/accounts/anna/invitation", "{}").body().fieldNames())
        .containsExactlyInAnyOrder("name", "invitation", "expiry");
  }

  @Test
  void aChangeByASessionNeedsWhatOnlyItsOwnPagesCanSay() throws Exception {
    Visitor admin = administrator().without("X-CSRF-Token");
    assertThat(admin.call("POST", "/secrets", TestControl.ALICE).detail())
        .isEqualTo("403 X-CSRF-Token isn't that of this session: GET /session says it");
    admin.with("X-CSRF-Token", "0".repeat(64));
    assertThat(admin.call("POST", "/secrets", TestControl.ALICE).status()).isEqualTo(403);
    admin.with("X-CSRF-Token", admin.get("/session").body().getString("csrf"));
    assertThat(admin.call("POST", "/secrets", TestControl.ALICE).status()).isEqualTo(201);
  }

  @Test
  void anotherSitesPageMayNotAskWhateverItsBrowserSends() throws Exception {
    Visitor admin = administrator();
    assertThat(admin.with("Sec-Fetch-Site", "same-origin").get("/status").status()).isEqualTo(200);
    for (String site : List.of("cross-site", "same-site")) {
      assertThat(admin.with("Sec-Fetch-Site", site).get("/status").status()).isEqualTo(403);
      assertThat(
              control
                  .visitor()
                  .with("Sec-Fetch-Site", site)
                  .post("/session", json("name", "admin", "password", PASSWORD))
                  .status())
          .isEqualTo(403);
    }
  }

  @Test
  void passwordsMayBeTriedFiveTimesInARowFromAnAddress() throws Exception {
    administrator();
    for (int i = 0; i < 5; i++) {
      assertThat(
              control
                  .visitor()
                  .post("/session", json("name", "admin", "password", "wrong horse"))
                  .detail())
          .isEqualTo("401 name or password is wrong");
    }
    Visitor.Reply later =
        control.visitor().post("/session", json("name", "admin", "password", PASSWORD));
    assertThat(later.status()).isEqualTo(429);
    assertThat(Integer.parseInt(String.valueOf(later.header("retry-after")))).isBetween(1, 30);
  }

  @Test
  void whoHasAnInvitationWaitsForNobodyWhoTriesPasswords() throws Exception {
    for (int i = 0; i < 6; i++) {
      control.visitor().post("/session", json("name", "admin", "password", "wrong horse"));
    }
    assertThat(
            control
                .visitor()
                .post("/session", json("name", "admin", "password", PASSWORD))
                .status())
        .isEqualTo(429);
    for (int i = 0; i < 6; i++) {
      assertThat(accepted("invite1." + "x".repeat(43))).isEqualTo(401);
    }
    assertThat(accepted(String.valueOf(control.invitation()))).isEqualTo(201);
  }

  @Test
  void eachRoleMayWhatThoseBeforeItMay() throws Exception {
    control.call("POST", "/secrets", TestControl.ALICE);
    Visitor viewer = program("v", "viewer");
    Visitor operator = program("o", "operator");
    Visitor admin = program("a", "admin");
    assertThat(viewer.get("/secrets").status()).isEqualTo(200);
    assertThat(viewer.get("/secrets/alice/links").detail())
        .isEqualTo("403 token v is viewer and may not do this: operator would be right");
    assertThat(viewer.get("/bans").status()).isEqualTo(403);
    assertThat(operator.get("/secrets/alice/links").status()).isEqualTo(200);
    assertThat(operator.call("DELETE", "/nodes/paris", null).status()).isEqualTo(403);
    assertThat(operator.get("/tokens").status()).isEqualTo(403);
    assertThat(admin.call("DELETE", "/nodes/paris", null).status()).isEqualTo(404);
    assertThat(admin.get("/tokens").body().getJsonArray("tokens")).hasSize(3);
  }

  @Test
  void theLogSaysWhoSetAPasswordAndHasNoneOfIt() throws Exception {
    try (Logged logged = Logged.of("io.doppelfleet")) {
      administrator();
      assertThat(logged.has("admin has set a password by an invitation")).isTrue();
      assertThat(logged.has("invite1.")).isFalse();
      assertThat(logged.has(PASSWORD)).isFalse();
    }
  }

  @Test
  void theHistorySaysWhoChangedWhatAndFromWhere() throws Exception {
    administrator().call("POST", "/secrets", TestControl.ALICE);
    program("ci", "operator").call("DELETE", "/secrets/alice", null);
    JsonArray revisions = control.call("GET", "/revisions").body().getJsonArray("revisions");
    assertThat(revisions.getJsonObject(0).getMap())
        .containsAllEntriesOf(Map.of("author", "token ci", "origin", "127.0.0.1"));
    assertThat(revisions.getJsonObject(1).getMap())
        .containsAllEntriesOf(Map.of("author", "admin", "origin", "127.0.0.1"));
  }

  @Test
  void theHistoryHasRoomForTheLongestNameOfAToken() throws Exception {
    String longest = "t.".repeat(29);
    assertThat(program(longest, "operator").call("POST", "/secrets", TestControl.ALICE).status())
        .isEqualTo(201);
    JsonArray revisions = control.call("GET", "/revisions").body().getJsonArray("revisions");
    assertThat(revisions.getJsonObject(0).getString("author")).isEqualTo("token " + longest);
  }

  @Test
  void aTokenIsShownOnceAndWorksUntilItEndsOrIsRevoked() throws Exception {
    Visitor program = program("ci", "viewer");
    assertThat(program.get("/status").status()).isEqualTo(200);
    assertThat(control.call("GET", "/tokens").body().encode())
        .contains("\"ci\"")
        .doesNotContain("api1.");
    String again = json("name", "ci", "role", "admin").encode();
    assertThat(control.call("POST", "/tokens", again).problem())
        .isEqualTo("409 name is \"ci\", which is there already: revoke it, or take another");
    assertThat(control.call("DELETE", "/tokens/ci").status()).isEqualTo(200);
    assertThat(program.get("/status").status()).isEqualTo(401);
    assertThat(control.call("DELETE", "/tokens/ci").problem())
        .isEqualTo("404 there is no token \"ci\"");

    Visitor brief = program("brief", "viewer");
    control.close();
    control = TestControl.start(directory, Clock.offset(Clock.systemUTC(), Duration.ofDays(31)));
    assertThat(brief.to(control).get("/status").status()).isEqualTo(401);
  }

  @Test
  void anAccountIsMadeByInvitationAndItsSessionsEndWithANewPasswordAndWithIt() throws Exception {
    String made = json("name", "anna", "role", "viewer").encode();
    JsonObject invited = control.call("POST", "/accounts", made).body();
    assertThat(control.call("POST", "/accounts", made).status()).isEqualTo(409);
    Visitor anna = control.visitor();
    anna.in(
        "/passwords", json("invitation", invited.getString("invitation"), "password", PASSWORD));
    assertThat(anna.get("/status").status()).isEqualTo(200);
    assertThat(anna.get("/accounts").detail())
        .isEqualTo("403 anna is viewer and may not do this: admin would be right");

    String anew =
        control.call("POST", "/accounts/anna/invitation", "{}").body().getString("invitation");
    assertThat(anna.get("/status").status()).isEqualTo(200);
    Visitor elsewhere = control.visitor();
    elsewhere.in("/passwords", json("invitation", anew, "password", PASSWORD + "2"));
    assertThat(anna.get("/status").status()).isEqualTo(401);
    assertThat(
            anna.without("Cookie")
                .post("/session", json("name", "anna", "password", PASSWORD))
                .status())
        .isEqualTo(401);

    assertThat(control.call("DELETE", "/accounts/anna").status()).isEqualTo(200);
    assertThat(elsewhere.get("/status").status()).isEqualTo(401);
    assertThat(control.call("GET", "/accounts").body().encode())
        .doesNotContain("anna")
        .doesNotContain("argon2");
  }

  private List<String> audited(Visitor who) throws Exception {
    return who.get("/audit").body().getJsonArray("entries").stream()
        .map(JsonObject.class::cast)
        .map(entry -> entry.getString("author") + ": " + entry.getString("what"))
        .toList();
  }

  @Test
  void theAuditLogHasWhoCameInAndWhoTriedAndNoPassword() throws Exception {
    Visitor admin = administrator();
    control.visitor().post("/session", json("name", "admin", "password", "wrong horse"));
    control.visitor().post("/session", json("name", "myPassword", "password", "wrong horse"));
    control.visitor().in("/session", json("name", "admin", "password", PASSWORD));
    program("ci", "viewer");
    String owner = Caller.owner().author();
    assertThat(audited(admin))
        .containsExactly(
            owner + ": added token ci",
            "admin: signed in",
            ": a password was wrong",
            ": a password was wrong",
            "admin: signed in",
            "admin: set a password by an invitation",
            "doppelfleet: invited admin, as nobody has a password yet",
            "doppelfleet: the fleet begins");
    String all = admin.get("/audit").body().encode();
    assertThat(all).contains("\"origin\":\"127.0.0.1\"").contains("\"subject\":\"admin\"");
    assertThat(all).doesNotContain(PASSWORD).doesNotContain("horse").doesNotContain("myPassword");
    assertThat(all).doesNotContain("api1.").doesNotContain("argon2").doesNotContain("invite1.");
    assertThat(program("o", "operator").get("/audit").status()).isEqualTo(403);
  }

  @Test
  void theAuditLogIsReadPageByPage() throws Exception {
    program("a", "viewer");
    control.call("POST", "/secrets", TestControl.ALICE);
    program("b", "viewer");
    JsonObject whole = control.call("GET", "/audit").body();
    assertThat(whole.containsKey("next")).isFalse();
    JsonArray read = new JsonArray();
    String query = "?limit=2";
    while (!query.isEmpty()) {
      JsonObject page = control.call("GET", "/audit" + query).body();
      page.getJsonArray("entries").forEach(read::add);
      String next = page.getString("next");
      query = next == null ? "" : "?limit=2&cursor=" + next;
    }
    assertThat(read).isEqualTo(whole.getJsonArray("entries"));
    assertThat(control.call("GET", "/audit?cursor=x").problem())
        .isEqualTo("400 cursor is \"x\": next of an answer would be right");
    assertThat(control.call("GET", "/audit?cursor=9999999999999999999.1").status()).isEqualTo(400);
  }

  @Test
  void accountsTokensAndNodesAreChangedAsTheyWereSeenOrNotAtAll() throws Exception {
    String anna = json("name", "anna", "role", "viewer").encode();
    for (String kind : List.of("/accounts", "/tokens")) {
      String seen = String.valueOf(control.call("GET", kind).etag());
      TestControl.Reply added = control.callOn(seen, "POST", kind, anna);
      assertThat(added.status()).isEqualTo(201);
      assertThat(control.call("GET", kind).etag()).isEqualTo(added.etag());
      TestControl.Reply late = control.callOn(seen, "DELETE", kind + "/anna", "");
      assertThat(late.status()).isEqualTo(412);
      assertThat(late.body().getString("field")).isEqualTo("If-Match");
      String now = String.valueOf(added.etag());
      assertThat(control.callOn(now, "DELETE", kind + "/anna", "").status()).isEqualTo(200);
    }
    assertThat(control.callOn("\"7\"", "DELETE", "/nodes/paris", "").problem())
        .isEqualTo(
            "412 If-Match is version 7, and the present one of all nodes is 1: look at them first");
    assertThat(control.call("GET", "/nodes").etag()).isEqualTo("\"1\"");
  }

  @Test
  void noAnswerIsOfUseToAnotherSiteOrAnOldPage() throws Exception {
    Map<String, String> head = control.visitor().get("/status").head();
    assertThat(head)
        .containsEntry("cache-control", "no-store")
        .containsEntry("x-content-type-options", "nosniff")
        .containsEntry("x-frame-options", "DENY")
        .containsEntry("referrer-policy", "no-referrer")
        .doesNotContainKey("access-control-allow-origin");
    assertThat(head.get("content-security-policy"))
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
  }
}
