package io.doppelfleet.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.bench.measure.Ports;
import io.doppelfleet.standin.tcp.RawServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The archive of {@code ./package}, where no other program is. {@code ./package --check} brings the
 * one that it made, with its caches; else one without is made of what is built.
 */
@Tag("waiting")
@Tag("archive")
@Timeout(300)
final class ArchiveTest {
  private static final String MADE = System.getProperty("packaged.archive", "");

  @TempDir static Path directory;
  private static Path tree;

  @BeforeAll
  static void unpack() throws Exception {
    Path archive = MADE.isEmpty() ? make() : Path.of(MADE);
    Path into = Files.createDirectory(directory.resolve("un packed"));
    ServiceTest.said("tar", "-xzf", archive.toString(), "-C", into.toString());
    try (Stream<Path> trees = Files.list(into)) {
      tree = trees.toList().getFirst();
    }
  }

  private static Path make() throws Exception {
    Path script = Launched.SCRIPT.resolveSibling("package");
    Path made = directory.resolve("made");
    ServiceTest.said(script.toString(), "--quick", made.toString());
    try (Stream<Path> files = Files.list(made)) {
      return files.filter(file -> file.toString().endsWith(".tar.gz")).findFirst().orElseThrow();
    }
  }

  /** With what asks most of Java: a store, other nodes, a cluster, metrics that are sent. */
  @Test
  void aClientComesThroughWhereNoProgramIsFoundAndNoJavaIsInstalled() throws Exception {
    try (RawServer datacenter = RawServer.start()) {
      Path file =
          Files.writeString(
              directory.resolve("node.yaml"),
              """
              proxy:
                listen: ["127.0.0.1:0"]
                cover: {host: 127.0.0.1, port: 9}
                datacenters: {"2": "127.0.0.1:DATACENTER"}
              control:
                listen: "off"
                store: {url: "jdbc:h2:file:STATE/fleet"}
                nodes: {listen: "127.0.0.1:NODES"}
              CLUSTER
              metrics: {otlp: {url: "http://127.0.0.1:9/v1/metrics", every: 1h}}
              """
                  .replace("DATACENTER", Integer.toString(datacenter.address().getPort()))
                  .replace("STATE", directory.toString())
                  .replace("NODES", free())
                  .replace("CLUSTER", MADE.isEmpty() ? "" : cluster()));
      try (Launched node = launch("run", "--config", file.toString()).running();
          Launched add =
              launch(
                  "secret", "add", "alice", "--host", "a.example", "--config", file.toString())) {
        assertThat(add.exitStatus()).as(add.err()).isZero();
        String links = Files.readString(directory.resolve("doppelfleet/access-alice.txt"));
        PrintedLinkTest.follow(PrintedLinkTest.TG, links, datacenter);
        node.terminate();
        assertThat(node.exitStatus()).as(node.err()).isZero();
        assertThat(node.err()).doesNotContain("ERROR", "NoClassDefFound", "ClassNotFound");
      }
    }
  }

  @Test
  void itSaysItsVersionAndWhatIsInIt() throws Exception {
    try (Launched version = launch("--version")) {
      assertThat(version.exitStatus()).as(version.err()).isZero();
      assertThat(version.out().strip().replace("Doppelfleet ", "doppelfleet-"))
          .isEqualTo(tree.getFileName().toString());
    }
    JsonObject bill = new JsonObject(Files.readString(tree.resolve("doppelfleet.cdx.json")));
    List<String> listed = new ArrayList<>();
    for (Object each : bill.getJsonArray("components")) {
      JsonObject component = (JsonObject) each;
      listed.add(component.getString("name") + "-" + component.getString("version"));
    }
    try (Stream<Path> lib = Files.walk(tree.resolve("launcher/target/lib"))) {
      assertThat(lib.filter(Files::isRegularFile))
          .hasSizeGreaterThan(50)
          .allMatch(jar -> listed.stream().anyMatch(jar.getFileName().toString()::startsWith));
    }
  }

  /** It takes long to start where there is no cache. */
  private static String cluster() throws IOException {
    return "cluster: {members: [\"127.0.0.1:PORT\"], listen: \"127.0.0.1:PORT\", bus-port: BUS}"
        .replace("PORT", free())
        .replace("BUS", free());
  }

  private static String free() throws IOException {
    return Integer.toString(Ports.free(InetAddress.getLoopbackAddress()).getPort());
  }

  private static Launched launch(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(tree.resolve("doppelfleet").toString()));
    command.addAll(List.of(arguments));
    String options = MADE.isEmpty() ? "-XX:TieredStopAtLevel=1" : "-XX:AOTMode=on";
    return Launched.command(
        directory,
        Map.of("PATH", "/nowhere", "JAVA_HOME", "/nowhere", "JDK_JAVA_OPTIONS", options),
        command);
  }
}
