package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is asked again, by who doesn't know whether it was done. */
@Timeout(60)
final class IdempotencyTest {
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

  private Visitor program(String name) throws Exception {
    String made = new JsonObject().put("name", name).put("role", "admin").encode();
    String token = control.call("POST", "/tokens", made).body().getString("token");
    return control.visitor().with("Authorization", "Bearer " + token);
  }

  private static Visitor.Reply ask(Visitor who, String path, JsonObject body) throws Exception {
    return who.with("Idempotency-Key", "the-key").post(path, body);
  }

  @Test
  void whatIsAskedAgainIsDoneOnceAndAnsweredAlike() throws Exception {
    Visitor panel = program("panel");
    JsonObject alice = new JsonObject(TestControl.ALICE);
    Visitor.Reply first = ask(panel, "/secrets", alice);
    assertThat(first.status()).isEqualTo(201);
    control.close();
    control = TestControl.start(directory);
    Visitor again = panel.to(control);
    Visitor.Reply second = ask(again, "/secrets", alice);
    assertThat(second.status()).isEqualTo(201);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(second.header("etag")).isEqualTo(first.header("etag"));
    assertThat(again.get("/status").body().getInteger("revision")).isEqualTo(2);

    assertThat(ask(again, "/secrets", alice.copy().put("name", "bert")).detail())
        .isEqualTo(
            "422 Idempotency-Key was of another call, or of another body: a new key would be right");
    assertThat(ask(again, "/secrets/alice/rotation", new JsonObject()).status()).isEqualTo(422);
    assertThat(ask(program("other"), "/secrets", alice.copy().put("name", "bert")).status())
        .isEqualTo(201);
  }

  @Test
  void whatWasRefusedMayBeAskedAgainWithTheSameKey() throws Exception {
    Visitor panel = program("panel");
    JsonObject alice = new JsonObject(TestControl.ALICE);
    panel.post("/secrets", alice);
    assertThat(ask(panel, "/secrets", alice).status()).isEqualTo(409);
    panel.call("DELETE", "/secrets/alice", null);
    assertThat(ask(panel, "/secrets", alice).status()).isEqualTo(201);
    assertThat(panel.with("Idempotency-Key", "with space").post("/secrets", alice).detail())
        .startsWith("400 Idempotency-Key is \"with space\": 1 to 255 printable characters");
  }

  @Test
  void aTokenIsShownAgainForTenMinutesAndNoLonger() throws Exception {
    Visitor panel = program("panel");
    JsonObject made = new JsonObject().put("name", "ci").put("role", "viewer");
    Visitor.Reply first = ask(panel, "/tokens", made);
    assertThat(first.body().getString("token")).startsWith("api1.");
    assertThat(ask(panel, "/tokens", made).body()).isEqualTo(first.body());
    control.close();
    control = TestControl.start(directory, Clock.offset(Clock.systemUTC(), Duration.ofMinutes(11)));
    Visitor.Reply late = ask(panel.to(control), "/tokens", made);
    assertThat(late.detail())
        .startsWith("409 Idempotency-Key was of this call, which was done at ")
        .endsWith(
            "; what its answer showed isn't kept: look at what it made, or take another key to"
                + " make another");
    assertThat(control.call("GET", "/tokens").body().getJsonArray("tokens")).hasSize(2);
  }

  @Test
  void whatIsKeptOfACallTellsNothingOfThePasswordInIt() throws Exception {
    JsonObject link =
        new JsonObject().put("invitation", control.invitation()).put("password", "correct horse");
    Visitor admin = control.visitor();
    admin.in("/passwords", link);
    JsonObject anna = new JsonObject().put("name", "anna").put("role", "viewer");
    Visitor.Reply first = ask(admin, "/accounts", anna.copy().put("password", "correct horse"));
    assertThat(first.status()).isEqualTo(201);
    assertThat(ask(admin, "/accounts", anna.copy().put("password", "another")).body())
        .isEqualTo(first.body()); // or it would be in the fingerprint that is kept
    anna.put("role", "admin").put("password", "correct horse");
    assertThat(ask(admin, "/accounts", anna).status()).isEqualTo(422);
  }

  @Test
  void everyCallThatMakesSomethingTakesAKey() throws Exception {
    JsonObject document = control.visitor().get("/openapi.json").body();
    for (Map.Entry<String, Object> path : document.getJsonObject("paths")) {
      JsonObject post = ((JsonObject) path.getValue()).getJsonObject("post");
      if (post == null
          || !post.containsKey("x-role")
          || !post.getJsonObject("responses").containsKey("201")) {
        continue;
      }
      assertThat(post.getJsonArray("parameters").encode())
          .as(path.getKey())
          .contains("#/components/parameters/IdempotencyKey");
      String answer = post.getJsonObject("responses").getJsonObject("201").encode();
      assertThat(post.getBoolean("x-shown-once", false))
          .as(path.getKey())
          .isEqualTo(answer.contains("the one answer that has"));
    }
  }
}
