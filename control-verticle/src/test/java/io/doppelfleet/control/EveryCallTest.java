package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every call that the document has, made by everybody, and held against {@code roles.txt}: the
 * document is what the API goes by, and what is wrong there would be wrong in both.
 */
@Timeout(60)
final class EveryCallTest {
  private static final List<String> ROLES = List.of("viewer", "operator", "admin");
  private static final String ANYBODY = "anybody";
  private static final String OWNER = "owner";

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

  /**
   * A call.
   *
   * @param role the least; "anybody": none; "owner": none is enough
   */
  private record Call(String method, String template, String role) {
    /** With some value in place of each part that may be anything. */
    String path() {
      return template.replaceAll("\\{[a-z]+}", "1");
    }

    /** Which of the roles is the least. */
    int least() {
      return role.equals(OWNER) ? ROLES.size() : ROLES.indexOf(role);
    }

    boolean isForAnybody() {
      return role.equals(ANYBODY);
    }
  }

  /** Those that are to be. */
  private static List<Call> calls() throws IOException {
    try (InputStream in = EveryCallTest.class.getResourceAsStream("roles.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .map(line -> line.split(" +", 3))
          .map(words -> new Call(words[0], words[1], words[2]))
          .toList();
    }
  }

  /** Those that the document has. */
  private List<Call> described() {
    List<Call> calls = new ArrayList<>();
    for (Map.Entry<String, Object> path : document.getJsonObject("paths")) {
      for (Map.Entry<String, Object> operation : (JsonObject) path.getValue()) {
        JsonObject model = (JsonObject) operation.getValue();
        calls.add(
            new Call(
                operation.getKey().toUpperCase(Locale.ROOT),
                path.getKey(),
                model.getBoolean("x-owner", false) ? OWNER : model.getString("x-role", ANYBODY)));
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
      if (call.isForAnybody() || call.path().equals("/events")) {
        continue;
      }
      assertThat(control.visitor().call(call.method(), call.path(), null).status())
          .as(call.toString())
          .isEqualTo(401);
      for (String role : ROLES) {
        Visitor program = programs.get(role);
        int status = program == null ? 0 : program.call(call.method(), call.path(), null).status();
        if (ROLES.indexOf(role) < call.least()) {
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
  void theDocumentHasTheseCallsForTheseRolesAndNoOther() throws Exception {
    assertThat(described()).containsExactlyInAnyOrderElementsOf(calls());
  }

  @Test
  void whatAPathHasNoCallForIsAnsweredWithThoseThatItHas() throws Exception {
    Map<String, Set<String>> methods = new TreeMap<>();
    for (Call call : calls()) {
      methods.computeIfAbsent(call.path(), path -> new TreeSet<>()).add(call.method());
    }
    for (Map.Entry<String, Set<String>> path : methods.entrySet()) {
      for (String method : List.of("PATCH", "TRACE")) {
        Visitor.Reply reply = control.visitor().call(method, path.getKey(), null);
        assertThat(reply.status()).as(path.getKey()).isEqualTo(405);
        assertThat(reply.header("allow")).isEqualTo(String.join(", ", path.getValue()));
      }
    }
  }

  @Test
  void whoIsNotKnownMaySignInAndReadTheDocumentAndNothingElse() throws Exception {
    assertThat(calls().stream().filter(Call::isForAnybody))
        .extracting(Call::path)
        .containsExactlyInAnyOrder("/session", "/passwords", "/openapi.json");
  }
}
