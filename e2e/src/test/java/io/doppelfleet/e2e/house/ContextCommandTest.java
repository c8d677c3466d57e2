package io.doppelfleet.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.standin.cover.OwnCertificate;
import io.vertx.core.json.JsonObject;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands on a machine where no node runs, which ask a control over the network. */
@Tag("waiting")
@Timeout(120)
final class ContextCommandTest {
  @TempDir Path directory;

  private Map<String, String> node(int port) throws Exception {
    Path certificate = directory.resolve("certificate.pem");
    Path key = directory.resolve("key.pem");
    OwnCertificate.make("control.example").write(certificate, key);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    return Map.of(
        "DOPPELFLEET_PROXY_LISTEN",
        "127.0.0.1:0",
        "DOPPELFLEET_PROXY_COVER_HOST",
        "127.0.0.1",
        "DOPPELFLEET_PROXY_COVER_PORT",
        "9",
        "DOPPELFLEET_CONTROL_LISTEN",
        "127.0.0.1:" + port,
        "DOPPELFLEET_CONTROL_TLS_CERTIFICATE",
        certificate.toString(),
        "DOPPELFLEET_CONTROL_TLS_KEY",
        key.toString(),
        "DOPPELFLEET_CONTROL_STORE_URL",
        "jdbc:h2:file:" + directory.resolve("fleet"));
  }

  private Map<String, String> operator() {
    return Map.of(
        "XDG_CONFIG_HOME", directory.resolve("config").toString(),
        "XDG_STATE_HOME", directory.resolve("empty").toString());
  }

  private Launched ended(int status, String... command) throws Exception {
    Launched launched = Launched.script(directory, operator(), command);
    assertThat(launched.exitStatus())
        .as("%s: %s%s", List.of(command), launched.out(), launched.err())
        .isEqualTo(status);
    return launched;
  }

  @Test
  void aControlWhoseCertificateWasComparedIsAskedFromElsewhereAsFarAsItsTokenMay()
      throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Map<String, String> environment = new HashMap<>(node(port));
    try (Launched node = Launched.node(directory, environment)) {
      Path token = directory.resolve("token");
      try (Launched made =
          Launched.script(
              directory, environment, "token", "add", "ci", "--role", "viewer", "--json")) {
        assertThat(made.exitStatus()).as(made.err()).isZero();
        Files.createFile(
            token,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(token, new JsonObject(made.out()).getString("token") + "\n");
      }
      String[] add = {
        "context", "add", "far", "--url", "https://localhost:" + port, "--token-file", "" + token
      };
      Matcher asked =
          Pattern.compile("--fingerprint ([0-9A-F:]{95})\n").matcher(ended(1, add).err());
      assertThat(asked.find()).isTrue();
      String[] pinned = List.of(add).toArray(new String[add.length + 2]);
      pinned[add.length] = "--fingerprint";
      pinned[add.length + 1] = asked.group(1);
      assertThat(ended(0, pinned).out()).startsWith("added far, where you are viewer");

      assertThat(ended(0, "status").out()).startsWith("revision ");
      assertThat(ended(3, "secret", "add", "alice").err())
          .isEqualTo("token ci is viewer and may not do this: operator would be right\n");
      assertThat(node.err()).doesNotContain("ERROR", "api1.");
    }
  }
}
