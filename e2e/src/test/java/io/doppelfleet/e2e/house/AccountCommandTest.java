package io.doppelfleet.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands that let people and programs in. */
@Tag("waiting")
@Timeout(120)
class AccountCommandTest {
  @TempDir Path directory;
  private int port;

  @BeforeEach
  void findPort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
  }

  private Map<String, String> environment() {
    return Map.of(
        "DOPPELFLEET_PROXY_LISTEN", "127.0.0.1:0",
        "DOPPELFLEET_PROXY_COVER_HOST", "127.0.0.1",
        "DOPPELFLEET_PROXY_COVER_PORT", "9",
        "DOPPELFLEET_CONTROL_LISTEN", "127.0.0.1:" + port,
        "DOPPELFLEET_CONTROL_STORE_URL", "jdbc:h2:file:" + directory.resolve("fleet"));
  }

  @Test
  void theFirstAdministratorIsInvitedAndPeopleAndProgramsAreLetInAndTakenOut() throws Exception {
    try (Launched node = Launched.node(directory, environment())) {
      Path file = directory.resolve("doppelfleet/admin-link.txt");
      String link = Files.readString(file).strip();
      assertThat(link).startsWith("http://127.0.0.1:" + port + "/#invitation=invite1.");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      String invitation = link.substring(link.indexOf("invite1."));
      JsonObject accepted =
          new JsonObject().put("invitation", invitation).put("password", "correct horse");
      assertThat(
              status(
                  request("/passwords")
                      .header("Content-Type", "application/json")
                      .POST(HttpRequest.BodyPublishers.ofString(accepted.encode()))))
          .isEqualTo(201);

      JsonObject made =
          new JsonObject(done("token", "add", "ci", "--role", "viewer", "--for", "1h", "--json"));
      String token = made.getString("token");
      assertThat(withToken(token)).isEqualTo(200);
      assertThat(done("token", "list")).contains("ci", "viewer").doesNotContain(token);
      assertThat(done("token", "revoke", "ci")).isEqualTo("revoked ci: it works no more\n");
      assertThat(withToken(token)).isEqualTo(401);

      assertThat(done("account", "add", "anna", "--role", "operator"))
          .startsWith("anna sets a password here, once, until 20")
          .contains("http://127.0.0.1:" + port + "/#invitation=invite1.");
      assertThat(done("account", "list").lines())
          .anyMatch(line -> line.matches("admin +admin +set +- +-"))
          .anyMatch(line -> line.matches("anna +operator +- +- +20.*"));
      assertThat(done("account", "remove", "anna")).startsWith("removed anna");
      try (Launched wrong =
          Launched.script(directory, environment(), "token", "add", "x", "--role", "boss")) {
        assertThat(wrong.exitStatus()).isEqualTo(2);
        assertThat(wrong.err())
            .isEqualTo("role is \"boss\": viewer, operator or admin would be right\n");
      }
      assertThat(node.err()).doesNotContain("ERROR", "invite1.", "api1.", "correct horse");
    }
  }

  @Test
  void anAddressThatIsTakenIsSaidWithItsKey() throws Exception {
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
        Launched launched = Launched.script(directory, environment())) {
      assertThat(launched.exitStatus()).isEqualTo(1);
      assertThat(launched.err())
          .startsWith(
              "127.0.0.1:" + taken.getLocalPort() + " can't be listened on: the port is in use")
          .endsWith("stop that, or set control.listen to another port\n")
          .hasLineCount(1);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1" + path));
  }

  private int withToken(String token) throws Exception {
    return status(request("/status").header("Authorization", "Bearer " + token));
  }

  private static int status(HttpRequest.Builder request) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  private String done(String... command) throws Exception {
    try (Launched launched = Launched.script(directory, environment(), command)) {
      assertThat(launched.exitStatus()).as("%s: %s", List.of(command), launched.err()).isZero();
      return launched.out();
    }
  }
}
