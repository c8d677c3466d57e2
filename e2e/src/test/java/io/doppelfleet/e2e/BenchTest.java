package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Secret;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(600)
@Tag("waiting")
class BenchTest {
  private static final Secret SECRET = Secret.of(new byte[Secret.KEY_LENGTH], "www.example.org");

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
    Path picture = directory.resolve("table.svg");
    Process process = run("--quick", "--json=" + json, "--svg=" + picture);

    assertThat(process.waitFor()).as(this::log).isZero();

    assertThat(log())
        .contains("start", "memory and idle time", "after a burst", "down, flows: 8")
        .contains("up, flows: 8", "echo, connections: 20", "200 echo while 1 loads down")
        .contains("handshakes, secrets: 20", "two loops", "slow readers: 10", "node/relay")
        .containsPattern("(?m)^\\d+ x .+, \\d+ GB, Linux .+, Java 25")
        .containsPattern("(?m)^Doppelfleet \\S+, proxy.shaping: full, one event loop")
        .contains("least to most", "must / aim");
    JsonObject figures = new JsonObject(Files.readString(json));
    assertThat(figures.getInteger("format")).isEqualTo(3);
    assertThat(median(figures, "down, flows: 8", "rate", "node")).isPositive();
    assertThat(median(figures, "down, flows: 8", "rate", "relay 256 KB")).isPositive();
    assertThat(median(figures, "echo, connections: 20", "p50", "node")).isBetween(1.0, 1e6);
    assertThat(measured(figures, "down, flows: 8", "processor time", "s/GB")).isBetween(0.05, 50.0);
    assertThat(measured(figures, "up, flows: 8", "processor time", "s/GB")).isBetween(0.05, 50.0);
    assertThat(measured(figures, "memory and idle time", "resident, warm, no connection", "MB"))
        .isBetween(20.0, 500.0);
    // A node that was just begun lets go of more than so few pairs are.
    assertThat(measured(figures, "memory and idle time", "resident a pair, 10 to 500", "KB"))
        .isBetween(-200.0, 200.0);
    assertThat(measured(figures, "memory and idle time", "live heap a pair, 10 to 500", "B"))
        .isBetween(-1e3, 20e3);
    assertThat(log())
        .containsPattern("processor time +s/GB")
        .containsPattern("resident a pair, 10 to 500 +KB")
        .containsPattern("live heap a pair, 10 to 500 +B");
    assertThat(median(figures, "handshakes, secrets: 20", "TDLib's hello, rate", "node"))
        .isPositive();
    // The bound of both ways, and what the shaper keeps at most.
    assertThat(measured(figures, "slow readers: 10", "most that waits for one pair", "KB"))
        .isBetween(0.0, 200.0);
    assertThat(median(figures, "two loops", "the busier loop's share of 100 pairs", "node"))
        .isBetween(50.0, 100.0);
    assertThat(Files.readString(picture)).startsWith("<svg ").contains("node/relay");
  }

  /** By its address, its secret and its process, as another node is. */
  @Test
  void anotherProxyIsMeasuredBesideTheNode() throws Exception {
    InetSocketAddress datacenter = freeAddress();
    Path peerDirectory = Files.createDirectory(directory.resolve("peer"));
    try (ProcessNode peer = ProcessNode.start(peerDirectory, SECRET, datacenter)) {
      Path json = directory.resolve("figures.json");
      Process process =
          run(
              "--only=transfers,handshakes",
              "--runs=1",
              "--transfer=16",
              "--span=300",
              "--flows=8",
              "--secrets=1",
              "--datacenter=127.0.0.1:" + datacenter.getPort(),
              "--peer=other,127.0.0.1:"
                  + peer.address().getPort()
                  + ","
                  + SECRET.toHex()
                  + ","
                  + peer.pid(),
              "--json=" + json);

      assertThat(process.waitFor()).as(this::log).isZero();

      assertThat(log())
          .contains("other must use 127.0.0.1:" + datacenter.getPort() + " as data centre 2");
      JsonObject figures = new JsonObject(Files.readString(json));
      assertThat(median(figures, "up, flows: 8", "rate", "other")).isPositive();
      assertThat(median(figures, "handshakes, secrets: 1", "TDLib's hello, rate", "other"))
          .isPositive();
      // The sizes are those of the goals, whatever such short runs come to.
      assertThat(goal(figures, "down, flows: 8", "processor time"))
          .contains(entry("of", "ratio"), entry("must", 0.95), entry("aim", 0.75))
          .containsKey("met");
      assertThat(goal(figures, "handshakes, secrets: 1", "517-byte hello, processor time"))
          .contains(entry("of", "value"), entry("must", 0.3), entry("aim", 0.2))
          .containsKey("met");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nothingThatItStartedOutlivesIt(boolean killed) throws Exception {
    Process process = run("--only=transfers", "--transfer=1000000");
    List<ProcessHandle> started = new ArrayList<>();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              started.clear();
              process.descendants().forEach(started::add);
              // Cover, data centre, node, the node's guard, relay.
              return started.size() == 5;
            });

    if (killed) {
      process.destroyForcibly();
    } else {
      process.destroy();
    }

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(started).noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void aNumberThatIsTooLargeIsRefused() throws Exception {
    Process process = run("--held=9001");

    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(log()).contains("--held 9001: 1 to 9000 is right");
  }

  private static InetSocketAddress freeAddress() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return (InetSocketAddress) free.getLocalSocketAddress();
    }
  }

  private Process run(String... options) throws IOException {
    List<String> line = new ArrayList<>(List.of("../bench/run"));
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

  private static double median(JsonObject figures, String group, String name, String subject) {
    return median(figure(figures, group, name), subject);
  }

  /** The node's median, in this unit. */
  private static double measured(JsonObject figures, String group, String name, String unit) {
    JsonObject figure = figure(figures, group, name);
    assertThat(figure.getString("unit")).as(name).isEqualTo(unit);
    return median(figure, "node");
  }

  /** What a row is to come to. */
  private static Map<String, Object> goal(JsonObject figures, String group, String name) {
    return figure(figures, group, name).getJsonObject("goal").getMap();
  }

  private static double median(JsonObject figure, String subject) {
    return figure.getJsonObject("measured").getJsonObject(subject).getDouble("median");
  }

  private static JsonObject figure(JsonObject figures, String group, String name) {
    return figures.getJsonArray("figures").stream()
        .map(JsonObject.class::cast)
        .filter(f -> f.getString("group").equals(group) && f.getString("name").equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no row " + name + " of " + group));
  }
}
