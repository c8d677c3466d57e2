package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.bench.datacenter.Arrival;
import io.doppelfleet.bench.datacenter.FileContent;
import io.doppelfleet.bench.datacenter.Upload;
import io.doppelfleet.bench.wire.Obfuscated2;
import io.doppelfleet.proxy.doppel.Shaping;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** mtcute 0.30.3 as a process of its own. */
final class MtcuteTest {
  private static final int LENGTH = 20 * 1024 * 1024;
  private static final int PART = 512 * 1024;
  private static final long FILE = 7;
  private static final int MOST_SECONDS = 60;

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init") // each test starts it
  private ClientNode node;

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  @ParameterizedTest
  @EnumSource(Shaping.class)
  void connectsPingsAndMovesTwentyMegabytesEachWay(Shaping shaping) throws Exception {
    node = new ClientNode(directory, shaping);
    JsonObject result = run(4, false);
    assertThat(result.getInteger("nearestDatacenter")).isEqualTo(4);
    expectFilesMoved(result);
    assertThat(node.datacenter.pings()).isPositive();
    assertThat(node.datacenter.keysExchanged()).isPositive();
    // Files go by the media cluster, the rest by the data centre itself.
    assertThat(node.datacenter.arrivals())
        .containsOnly(
            new Arrival(4, Obfuscated2.PADDED_INTERMEDIATE),
            new Arrival(-4, Obfuscated2.PADDED_INTERMEDIATE));
    node.expectNobodyLeft();
  }

  @Test
  void bindsTemporaryKeys() throws Exception {
    node = new ClientNode(directory, Shaping.FULL);
    JsonObject result = run(203, true);
    assertThat(result.getInteger("nearestDatacenter")).isEqualTo(203);
    expectFilesMoved(result);
    assertThat(node.datacenter.keysExchanged()).isGreaterThan(1);
    node.expectNobodyLeft();
  }

  private void expectFilesMoved(JsonObject result) throws Exception {
    assertThat(node.datacenter.upload(FILE))
        .isEqualTo(new Upload(LENGTH / PART, LENGTH, checksumOfParts()));
    assertThat(result.getString("received")).isEqualTo(FileContent.sha256(FILE + 1, LENGTH));
  }

  private JsonObject run(int datacenter, boolean temporaryKeys) throws Exception {
    NodeModules.file("@mtcute/node/index.js");
    Path error = directory.resolve("mtcute.err");
    Process process =
        new ProcessBuilder("node", "src/test/node/mtcute.js").redirectError(error.toFile()).start();
    try {
      JsonObject task =
          new JsonObject()
              .put("host", "127.0.0.1")
              .put("port", node.port())
              .put("secret", ClientNode.SECRET.toHex())
              .put("datacenter", datacenter)
              .put("publicKey", node.datacenter.key().publicPem())
              .put("temporaryKeys", temporaryKeys)
              .put("file", FILE)
              .put("length", LENGTH);
      try (var in = process.getOutputStream()) {
        in.write(task.encode().getBytes(StandardCharsets.UTF_8));
      }
      assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).as(said(error)).isTrue();
      assertThat(process.exitValue()).as(said(error)).isZero();
      // mtcute hashes a key without its leading zeros, so one exchange in 256 fails: it says so on
      // standard output, and tries again. The result is the last line.
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new JsonObject(said.lines().toList().getLast());
    } finally {
      process.destroyForcibly();
    }
  }

  private static String said(Path error) throws IOException {
    return "mtcute said: " + Files.readString(error);
  }

  private static String checksumOfParts() throws Exception {
    MessageDigest all = MessageDigest.getInstance("SHA-256");
    for (int at = 0; at < LENGTH; at += PART) {
      all.update(MessageDigest.getInstance("SHA-256").digest(FileContent.read(FILE, at, PART)));
    }
    return HexFormat.of().formatHex(all.digest());
  }
}
