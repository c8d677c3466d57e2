package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class BenchTest {
  @TempDir private Path directory;
  private @Nullable Process bench;

  @AfterEach
  void end() {
    if (bench != null) {
      bench.destroyForcibly();
    }
  }

  @Test
  void everythingIsMeasuredAndPrinted() throws Exception {
    Path json = directory.resolve("figures.json");
    Process process =
        run(
            "--transfer=8",
            "--echoes=10",
            "--held=50",
            "--secrets=1,20",
            "--handshakes=50",
            "--json=" + json);

    assertThat(process.waitFor()).as(this::log).isZero();

    assertThat(log())
        .contains("start", "8 MB down", "8 MB up", "10 connections echo", "50 connections held")
        .contains("handshakes, secrets: 20");
    JsonObject figures = new JsonObject(Files.readString(json));
    assertThat(figures.getInteger("format")).isEqualTo(1);
    assertThat(median(figures, "8 MB down", "rate")).isPositive();
    assertThat(median(figures, "10 connections echo, unloaded", "p50")).isBetween(1.0, 1e6);
    assertThat(median(figures, "50 connections held", "resident before")).isBetween(20.0, 500.0);
    assertThat(median(figures, "handshakes, secrets: 20", "TDLib's hello, rate")).isPositive();
  }

  @Test
  void whoStopsItStopsWhatItStarted() throws Exception {
    Process process = run("--only=transfers", "--transfer=1000000");
    List<ProcessHandle> started = new ArrayList<>();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              started.clear();
              process.descendants().forEach(started::add);
              return started.size() == 3;
            });

    process.destroy();

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(started).noneMatch(ProcessHandle::isAlive);
  }

  @Test
  void aNumberThatIsTooLargeIsRefused() throws Exception {
    Process process = run("--held=9001");

    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(log()).contains("--held 9001: 1 to 9000 is right");
  }

  private Process run(String... options) throws IOException {
    List<String> line = new ArrayList<>(List.of("../bench/run"));
    line.addAll(List.of(options));
    Process process =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    bench = process;
    return process;
  }

  private String log() {
    try {
      return Files.readString(directory.resolve("log"), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static double median(JsonObject figures, String group, String name) {
    return figures.getJsonArray("figures").stream()
        .map(JsonObject.class::cast)
        .filter(f -> f.getString("group").equals(group) && f.getString("name").equals(name))
        .findFirst()
        .orElseThrow()
        .getDouble("median");
  }
}
