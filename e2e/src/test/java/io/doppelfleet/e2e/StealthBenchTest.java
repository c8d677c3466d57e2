package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** That {@code bench/stealth} measures; what it finds on a busy machine is not judged here. */
@Timeout(600)
@Tag("waiting")
class StealthBenchTest {
  @TempDir private Path directory;
  private @Nullable Process bench;

  @AfterEach
  void end() {
    if (bench != null) {
      bench.descendants().forEach(ProcessHandle::destroy);
      bench.destroyForcibly();
    }
  }

  @Test
  void everyPartIsMeasuredBehindTheCoverOfChoiceAndPrinted() throws Exception {
    Path json = directory.resolve("found.json");
    Process process = run("--quick", "--covers=nginx-h2", "--json=" + json);

    assertThat(process.waitFor()).as(this::log).isZero();

    assertThat(log())
        .contains("flights, nginx-h2\n", "tdlib-clienthello-4: AUC of total size")
        .contains("probes, nginx-h2\n", "classes that differ in more than time")
        .contains("records, nginx-h2\n", "bulk, exact sizes and times, cover from oracle")
        .contains("speed, loopback\n", "p95 of a message's way and back")
        .contains("forced by the rule of one record")
        .doesNotContain("flights, site", "probes, site", "records, site");
    JsonObject found = new JsonObject(Files.readString(json));
    assertThat(found.getInteger("format")).isEqualTo(1);
    assertThat(value(found, "probes", "nginx-h2", "classes")).isGreaterThan(80);
    assertThat(
            value(
                found,
                "flights",
                "nginx-h2",
                "flights that a client or RFC 8446 would refuse, of 20"))
        .isZero();
  }

  @Test
  void aPartThatDoesNotExistIsRefused() throws Exception {
    Process process = run("--only=weather");

    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(log()).contains("weather").contains("FLIGHTS, PROBES, RECORDS, SPEED, DISTANCE");
  }

  private Process run(String... options) throws IOException {
    List<String> line = new ArrayList<>(List.of("../bench/stealth"));
    line.addAll(List.of(options));
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile());
    // Who is killed leaves files behind: here they go with the test's own.
    builder
        .environment()
        .put("JDK_JAVA_OPTIONS", ProcessNode.COMPILERS + " -Djava.io.tmpdir=" + directory);
    Process process = builder.start();
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

  private static double value(JsonObject found, String part, String cover, String name) {
    return found.getJsonArray("found").stream()
        .map(JsonObject.class::cast)
        .filter(row -> row.getString("part").equals(part))
        .filter(row -> row.getString("cover").equals(cover))
        .filter(row -> row.getString("name").equals(name))
        .findFirst()
        .orElseThrow()
        .getDouble("value");
  }
}
