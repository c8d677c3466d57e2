package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may no more does no more, whatever they have begun. */
@Timeout(60)
final class EndedTest extends WithPeople {
  @Test
  void whoeverComesInWithABrowserThatHasASessionEndsThatOne() throws Exception {
    Visitor browser = control.visitor();
    String link = String.valueOf(control.invitation());
    JsonObject first = json("invitation", link, "password", PASSWORD);
    assertThat(browser.in("/passwords", first).status()).isEqualTo(201);
    Visitor old = copied(browser);
    assertThat(browser.in("/session", json("name", "admin", "password", PASSWORD)).status())
        .isEqualTo(201);
    assertThat(browser.get("/status").status()).isEqualTo(200);
    assertThat(old.get("/status").status()).isEqualTo(401);

    Visitor older = copied(browser);
    String anna = json("name", "anna", "role", "viewer").encode();
    String invitation = control.call("POST", "/accounts", anna).body().getString("invitation");
    JsonObject second = json("invitation", invitation, "password", PASSWORD);
    assertThat(browser.in("/passwords", second).status()).isEqualTo(201);
    assertThat(browser.get("/session").body().getString("name")).isEqualTo("anna");
    assertThat(older.get("/status").status()).isEqualTo(401);
  }

  /** What somebody has who has copied a browser's session. */
  private Visitor copied(Visitor browser) {
    return browser.to(control);
  }

  private static String token(String name) {
    return new JsonObject().put("name", name).put("role", "admin").encode();
  }

  @Test
  void whoseTokenIsRevokedWhileTheirBodyComesChangesNothing() throws Exception {
    String made = control.call("POST", "/tokens", token("ci")).body().getString("token");
    String head = "Expect: 100-continue\r\nAuthorization: Bearer " + made + "\r\n";
    String body = TestControl.ALICE;
    try (Wire wire = Wire.to(control)) {
      wire.request("POST", "/secrets", head, body.length(), "");
      assertThat(wire.status()).isEqualTo(100); // it is known who asks
      control.call("DELETE", "/tokens/ci");
      wire.send(body);
      assertThat(wire.status()).isEqualTo(401);
    }
    assertThat(control.call("GET", "/status").body().getInteger("secrets")).isZero();
  }
}
