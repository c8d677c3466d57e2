package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** That {@code bench/fleet} measures; what it finds on a busy machine is not judged here. */
@Timeout(600)
@Tag("waiting")
class FleetBenchTest {
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
  void everythingIsMeasuredAndPrinted() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("../bench/fleet", "--quick")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile());
    // Who is killed leaves files behind: here they go with the test's own.
    builder
        .environment()
        .put("JDK_JAVA_OPTIONS", ProcessNode.COMPILERS + " -Djava.io.tmpdir=" + directory);
    Process process = builder.start();
    bench = process;
    assertThat(process.waitFor()).as(this::log).isZero();
    assertThat(log())
        .containsPattern("(?m)^  resident, alone +\\d+\\.\\d MB$")
        .containsPattern("(?m)^  resident, in a fleet +\\d+\\.\\d MB$")
        .containsPattern("(?m)^  resident, in a fleet's cluster +\\d+\\.\\d MB$")
        .contains("a write, run by 6 nodes with 300 secrets\n")
        .containsPattern("(?m)^  until a node runs it, median +\\d+\\.\\d ms +must 250: ")
        .containsPattern("(?m)^  until a node runs it, p99 +\\d+\\.\\d ms +must 1000: ")
        .containsPattern("(?m)^  until a node runs it, worst +\\d+\\.\\d ms +must 1000: ")
        .containsPattern("(?m)^  processor time a write +\\d+\\.\\d ms$")
        .contains("the API over HTTP/1.1 with 300 secrets, while one is written every 50 ms\n")
        .contains("the API over HTTP/2 with 300 secrets, while one is written every 50 ms\n")
        .containsPattern("(?m)^  a page of the list of secrets, median +\\d+\\.\\d ms$")
        .containsPattern("(?m)^  a page of the list of secrets, p99 +\\d+\\.\\d ms +must 50: ")
        .containsPattern("(?m)^  the list of nodes, p99 +\\d+\\.\\d ms$")
        .containsPattern("(?m)^  one secret, p99 +\\d+\\.\\d ms$")
        .containsPattern("(?m)^  a write on a revision, p99 +\\d+\\.\\d ms$")
        .contains("10 dashboards are open, each told what is new each second\n")
        .containsPattern("(?m)^  that for each of them +-?\\d+\\.\\d ms a second$")
        .containsPattern("(?m)^  told to each +(?!0\\.0 )\\d+\\.\\d KB a second$")
        .containsPattern("(?m)^  live heap +\\d+\\.\\d MB$")
        .containsPattern(
            "(?m)^  transferred, with two answers of the API +\\d+\\.\\d KB +must 300: met")
        .contains("2000 secrets applied, heap of 256 MiB\n")
        .containsPattern("(?m)^  longest hold of an event loop by that +\\d+\\.\\d ms$")
        .containsPattern("(?m)^  live heap by it +\\d+\\.\\d MB$");
  }

  private String log() {
    try {
      return Files.readString(directory.resolve("log"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
