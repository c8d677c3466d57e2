package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.control.api.Caller;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is known of who did what. */
@Timeout(60)
final class HistoryTest extends WithPeople {
  private List<String> audited(Visitor who) throws Exception {
    return who.get("/audit").body().getJsonArray("entries").stream()
        .map(JsonObject.class::cast)
        .map(entry -> entry.getString("author") + ": " + entry.getString("what"))
        .toList();
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
}
