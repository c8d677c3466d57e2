package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How people come in, and what their browsers may do then. */
@Timeout(60)
final class SigningInTest extends WithPeople {
  private int accepted(String invitation) throws Exception {
    JsonObject body = json("invitation", invitation, "password", PASSWORD);
    return control.visitor().post("/passwords", body).status();
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
  void whoeverKnowsAPasswordHasItLookedAtWithoutEndNoMoreThanWhoDoesNot() throws Exception {
    administrator();
    JsonObject right = json("name", "admin", "password", PASSWORD);
    int in = 0;
    Visitor.Reply last = control.visitor().post("/session", right);
    for (; last.status() == 201 && in < 100; in++) {
      last = control.visitor().post("/session", right);
    }
    assertThat(in).isGreaterThanOrEqualTo(20);
    assertThat(last.status()).isEqualTo(429);
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

  @Test
  void whoHasOnlyASessionOrATokenLetsNobodyIn() throws Exception {
    Visitor admin = administrator();
    JsonObject anna = json("name", "anna", "role", "admin");
    assertThat(admin.post("/accounts", anna).detail())
        .isEqualTo("400 password is missing: your own would be right");
    for (String path : List.of("/accounts", "/accounts/admin/invitation")) {
      JsonObject body = path.equals("/accounts") ? anna.copy() : new JsonObject();
      assertThat(admin.post(path, body.put("password", "wrong horse")).detail())
          .isEqualTo("400 password is wrong: your own would be right");
      Visitor program = program("ci" + path.length(), "admin");
      assertThat(program.post(path, body.put("password", PASSWORD)).detail())
          .startsWith("409 no program lets people in: an administrator who has signed in, or");
    }
    String all = control.call("GET", "/accounts").body().encode();
    assertThat(all).contains("admin").doesNotContain("anna").doesNotContain("invited");
    assertThat(admin.post("/accounts", anna.put("password", PASSWORD)).status()).isEqualTo(201);
    JsonObject own = json("password", PASSWORD);
    assertThat(admin.post("/accounts/anna/invitation", own).status()).isEqualTo(201);
  }

  @Test
  void whoHasOnlyASessionMakesNothingThatStaysAndATokensEndWithIt() throws Exception {
    Visitor admin = administrator();
    JsonObject panel = json("name", "panel", "role", "admin").put("time", 600);
    for (String path : List.of("/tokens", "/nodes")) {
      JsonObject body = path.equals("/tokens") ? panel : json("name", "paris");
      assertThat(admin.post(path, body).detail())
          .endsWith("password is missing: your own would be right");
    }
    JsonObject made = admin.post("/tokens", panel.put("password", PASSWORD)).body();
    Visitor program = control.visitor().with("Authorization", "Bearer " + made.getString("token"));
    JsonObject longer = json("name", "longer", "role", "admin").put("time", 86_400);
    assertThat(program.post("/tokens", longer).body().getString("expiry"))
        .isEqualTo(made.getString("expiry"));
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

  /** From one of this machine's addresses; the status. */
  private int tried(String from, String password) throws Exception {
    String body = json("name", "admin", "password", password).encode();
    try (Wire wire =
        Wire.from(from, control).request("POST", "/session", "", body.length(), body)) {
      return wire.status();
    }
  }

  @Test
  void whereSomebodyHasSignedInNoneIsAStrangerAfterARestart() throws Exception {
    administrator();
    assertThat(tried("127.0.0.2", PASSWORD)).isEqualTo(201);
    control.close();
    control = TestControl.start(directory);
    for (int i = 0; i < 10; i++) { // all that strangers have of one account
      assertThat(tried("127.0.0." + (3 + i % 2), "wrong horse")).isEqualTo(401);
    }
    assertThat(tried("127.0.0.5", PASSWORD)).isEqualTo(429);
    assertThat(tried("127.0.0.2", PASSWORD)).isEqualTo(201);
  }
}
