package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs mtcute 0.30.3 as a process of its own. */
final class Mtcute {
  private static final int MOST_SECONDS = 60;

  private Mtcute() {}

  /**
   * What it does: it connects, pings, and moves a file each way.
   *
   * @param file the number of what it sends; the next one is what it gets
   * @param length of each, in bytes
   */
  record Task(int datacenter, boolean temporaryKeys, long file, int length) {}

  /** Does it, through a node; the result is what it saw. */
  static JsonObject run(ClientNode node, Path directory, Task task) throws Exception {
    NodeModules.file("@mtcute/node/index.js");
    Path error = directory.resolve("mtcute.err");
    Process process =
        new ProcessBuilder("node", "src/test/node/mtcute.js").redirectError(error.toFile()).start();
    try {
      JsonObject said =
          new JsonObject()
              .put("host", "127.0.0.1")
              .put("port", node.port())
              .put("secret", ClientNode.SECRET.toHex())
              .put("datacenter", task.datacenter)
              .put("publicKey", node.datacenter.key().publicPem())
              .put("temporaryKeys", task.temporaryKeys)
              .put("file", task.file)
              .put("length", task.length);
      try (var in = process.getOutputStream()) {
        in.write(said.encode().getBytes(StandardCharsets.UTF_8));
      }
      assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).as(complaint(error)).isTrue();
      assertThat(process.exitValue()).as(complaint(error)).isZero();
      // mtcute hashes a key without its leading zeros, so one exchange in 256 fails: it says so on
      // standard output, and tries again. The result is the last line.
      String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new JsonObject(answer.lines().toList().getLast());
    } finally {
      process.destroyForcibly();
    }
  }

  private static String complaint(Path error) throws IOException {
    return "mtcute said: " + Files.readString(error);
  }
}
