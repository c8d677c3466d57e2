package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every call that the document has, made by everybody: none is forgotten. */
@Timeout(60)
final class EveryCallTest {
  private static final List<String> ROLES = List.of("viewer", "operator", "admin");

  @TempDir Path directory;
  private TestControl control;
  private JsonObject document;

  @BeforeEach
  void start() throws Exception {
    control = TestControl.start(directory);
    document = control.visitor().get("/openapi.json").body();
  }

  @AfterEach
  void end() throws Exception {
    control.close();
  }

  /** A call, with some value in place of each part of its path that may be anything. */
  private record Call(String method, String path, @Nullable String role) {}

  private List<Call> calls() {
    List<Call> calls = new ArrayList<>();
    for (Map.Entry<String, Object> path : document.getJsonObject("paths")) {
      for (Map.Entry<String, Object> operation : (JsonObject) path.getValue()) {
        calls.add(
            new Call(
                operation.getKey().toUpperCase(Locale.ROOT),
                path.getKey().replaceAll("\\{[a-z]+}", "1"),
                ((JsonObject) operation.getValue()).getString("x-role")));
      }
    }
    return calls;
  }

  private Visitor program(String role) throws Exception {
    String made = new JsonObject().put("name", role).put("role", role).encode();
    String token = control.call("POST", "/tokens", made).body().getString("token");
    return control.visitor().with("Authorization", "Bearer " + token);
  }

  @Test
  void whatARoleMayNotIsRefusedBeforeAnythingElseAndTheRestIsNot() throws Exception {
    Map<String, Visitor> programs = new TreeMap<>();
    for (String role : ROLES) {
      programs.put(role, program(role));
    }
    int refused = 0;
    for (Call call : calls()) {
      if (call.role() == null || call.path().equals("/events")) {
        continue;
      }
      assertThat(control.visitor().call(call.method(), call.path(), null).status())
          .as(call.toString())
          .isEqualTo(401);
      for (String role : ROLES) {
        Visitor program = programs.get(role);
        int status = program == null ? 0 : program.call(call.method(), call.path(), null).status();
        if (ROLES.indexOf(role) < ROLES.indexOf(call.role())) {
          assertThat(status).as(role + ": " + call).isEqualTo(403);
          refused++;
        } else {
          assertThat(status).as(role + ": " + call).isNotIn(0, 401, 403, 500, 503);
        }
      }
    }
    assertThat(refused).isGreaterThan(30);
    assertThat(control.visitor().get("/events").status()).isEqualTo(401);
  }

  @Test
  void whoIsNotKnownMaySignInAndReadTheDocumentAndNothingElse() {
    assertThat(calls().stream().filter(call -> call.role() == null))
        .extracting(Call::path)
        .containsExactlyInAnyOrder("/session", "/passwords", "/openapi.json");
  }
}
