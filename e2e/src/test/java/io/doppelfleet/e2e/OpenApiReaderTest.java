package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The API as it is found by a program that has read its document and knows nothing else of it. */
@Tag("waiting")
@Timeout(240)
final class OpenApiReaderTest {
  private static final Path PROGRAM = Path.of(".venv/bin/schemathesis");
  private static final Path PYTHON = Path.of("src/test/python");
  private static final String NAME = "reader";

  @TempDir Path directory;

  @Test
  void noCallIsAFaultOfOursOrAnsweredOtherwiseThanTheDocumentSays() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (StoreNode node = StoreNode.start(directory, "listen: \"127.0.0.1:" + port + "\"")) {
      node.added("alice");
      long before = node.status().getLong("revision");
      read("http://127.0.0.1:" + port + "/api/v1/openapi.json", token(node));
      assertThat(node.api.done("GET", "/tokens", "").encode())
          .as("it could ask to the end")
          .contains("\"" + NAME + "\"");
      assertThat(node.status().getLong("revision"))
          .as("what it asked for was done at times")
          .isGreaterThan(before + 3);
    }
  }

  private static String token(StoreNode node) throws IOException {
    JsonObject made = new JsonObject().put("name", NAME).put("role", "admin");
    return node.api.done("POST", "/tokens", made.encode()).getString("token");
  }

  private void read(String document, String token) throws Exception {
    if (!Files.exists(PROGRAM)) {
      throw new AssertionError(PROGRAM + " is missing in the directory e2e: ./check installs it");
    }
    Path found = directory.resolve("reader.log");
    ProcessBuilder builder =
        new ProcessBuilder(
                PROGRAM.toString(),
                "--config-file",
                PYTHON.resolve("schemathesis.toml").toString(),
                "--no-color",
                "run",
                document)
            .redirectErrorStream(true)
            .redirectOutput(found.toFile());
    builder.environment().put("PYTHONPATH", PYTHON.toString());
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    builder.environment().put("DOPPELFLEET_TOKEN", token);
    builder.environment().put("DOPPELFLEET_TOKEN_NAME", NAME);
    Process reader = builder.start();
    try {
      assertThat(reader.waitFor(180, TimeUnit.SECONDS)).as("it ended").isTrue();
      assertThat(reader.exitValue()).as("it found: %s", Files.readString(found)).isZero();
    } finally {
      reader.destroyForcibly();
    }
  }
}
