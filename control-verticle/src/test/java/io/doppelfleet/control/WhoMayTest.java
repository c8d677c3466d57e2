package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may use the API over TCP. */
@Timeout(60)
final class WhoMayTest extends WithPeople {
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
