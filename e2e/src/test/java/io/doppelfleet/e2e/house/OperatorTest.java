package io.doppelfleet.e2e.house;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawServer;
import io.doppelfleet.standin.tcp.RawSocket;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("waiting")
@Timeout(120)
class OperatorTest {
  private static final String KEY = "00112233445566778899aabbccddeeff";

  private static final String OTHER_KEY = "10112233445566778899aabbccddeeff";

  private static final Secret SECRET = Secret.of(HexFormat.of().parseHex(KEY), "cover.example.org");
  private static final Pattern LISTENING =
      Pattern.compile("listening on \\[127\\.0\\.0\\.1:(\\d+)]");

  @TempDir Path directory;

  @Test
  void badConfigurationListsEveryMistakeAndExitsWith2() throws Exception {
    Path file = config("role: boss", "proxy: {lisen: x}", "secrets: {alice: ee" + KEY + "}");
    try (Launched launched =
        Launched.script(directory, Map.of(), "run", "--config", file.toString())) {
      assertThat(launched.exitStatus()).isEqualTo(2);
      assertThat(launched.err().lines())
          .containsExactly(
              file + ":1: role: \"boss\": all, proxy or control is right",
              file + ":2: proxy.lisen is no known key: did you mean proxy.listen?",
              file + ":3: secrets.alice: the host name is missing after ee and the 16 key bytes");
      assertThat(launched.out()).isEmpty();
    }
  }

  @Test
  void aWrongCommandLineIsSaidInALineAndExitsWith2() throws Exception {
    try (Launched launched = Launched.script(directory, Map.of(), "rnu")) {
      assertThat(launched.exitStatus()).isEqualTo(2);
      assertThat(launched.err()).startsWith("doppelfleet: Unmatched argument at index 0: 'rnu'\n");
    }
  }

  @Test
  void anOptionBeforeACommandIsNotPassedOver() throws Exception {
    try (Launched launched =
        Launched.script(directory, Map.of(), "--metrics", "127.0.0.1:0", "run")) {
      assertThat(launched.exitStatus()).isEqualTo(2);
      assertThat(launched.err())
          .startsWith("doppelfleet: --metrics stands before run: write run --metrics\n");
    }
  }

  @Test
  void aPortInUseIsNamedAndExitsWith1() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Launched launched =
            Launched.script(directory, quiet("127.0.0.1:" + taken.getLocalPort()))) {
      assertThat(launched.exitStatus()).isEqualTo(1);
      assertThat(launched.err())
          .startsWith("127.0.0.1:" + taken.getLocalPort() + " can't be listened on")
          .hasLineCount(1);
    }
  }

  @Test
  void sigtermEndsItWithStatus0AndTheStateCanBeUsedAgain() throws Exception {
    for (int start = 1; start <= 2; start++) {
      try (Launched launched = Launched.script(directory, quiet()).running()) {
        launched.terminate();
        assertThat(launched.exitStatus()).as("start " + start).isZero();
        assertThat(launched.err()).contains("SIGTERM").contains("stopped, 0 connections cut");
      }
    }
  }

  /** A jar that is open has its index in memory, and none of its classes is loaded without. */
  @Test
  void aProcessOpensNothingOfAClusterOrOfWhatSendsMetricsWithoutThem() throws Exception {
    assertThat(Path.of("../launcher/target/lib/cluster"))
        .isDirectoryContaining("glob:**/hazelcast-*.jar");
    assertThat(Path.of("../launcher/target/lib/otlp"))
        .isDirectoryContaining("glob:**/protobuf-java-*.jar");
    try (Launched launched = Launched.script(directory, quiet()).running()) {
      assertThat(launched.openFiles())
          .anyMatch(file -> file.contains("/lib/vertx-core"))
          .noneMatch(
              file -> file.matches(".*/lib/(cluster|otlp)/.*") || file.contains("hazelcast"));
    }
  }

  @Test
  void aPairMayFinishAfterSigterm() throws Exception {
    try (RawServer datacenter = RawServer.start();
        Launched launched =
            Launched.script(directory, Map.of(), "run", "--config", relay(datacenter));
        FakeTlsClient client = paired(launched, datacenter)) {
      launched.terminate();
      launched.awaitErr("SIGTERM");
      Thread.sleep(300);
      assertThat(launched.err()).doesNotContain("stopped");
      client.close();
      datacenter.close();
      assertThat(launched.exitStatus()).isZero();
      assertThat(launched.err()).contains("stopped, 0 connections cut");
    }
  }

  @Test
  void otherSecretsInItsFileAreTakenAndCutWhomTheyLeaveOut() throws Exception {
    try (RawServer datacenter = RawServer.start()) {
      Path file = Path.of(relay(datacenter));
      // On a terminal of its own, which is none: else SIGHUP ends it.
      List<String> command =
          List.of("setsid", Launched.SCRIPT.toString(), "run", "--config", file.toString());
      try (Launched launched = Launched.command(directory, Map.of(), command);
          FakeTlsClient client = paired(launched, datacenter)) {
        String written = Files.readString(file);
        Files.writeString(file, written + "rolle: all\n");
        launched.hangUp();
        launched.awaitErr("rolle is no known key: did you mean role?");
        Files.writeString(
            file,
            written
                .replace("alice", "bob")
                .replace(KEY, OTHER_KEY)
                .replace("proxy:\n", "proxy:\n  loops: 77\n"));
        launched.awaitErr("1 secrets now");
        assertThat(client.raw().readToEnd().ending()).isEqualTo(Ending.FIN);
        launched.awaitErr("these wait for the next start: proxy.loops");
        assertThat(Files.readString(directory.resolve("doppelfleet/access.txt")))
            .contains("bob tg://proxy?server=127.0.0.1&port=")
            .doesNotContain("alice");
        assertThat(launched.err()).doesNotContain(KEY, OTHER_KEY);
      }
    }
  }

  @Test
  void aSecondSignalEndsPairsAtOnce() throws Exception {
    try (RawServer datacenter = RawServer.start();
        Launched launched =
            Launched.script(directory, Map.of(), "run", "--config", relay(datacenter));
        FakeTlsClient client = paired(launched, datacenter)) {
      launched.terminate();
      launched.awaitErr("SIGTERM");
      launched.terminate();
      assertThat(launched.exitStatus()).isEqualTo(128 + 15);
      assertThat(launched.err()).doesNotContain("stopped");
      assertThat(client.raw()).isNotNull();
    }
  }

  @Test
  void withoutATerminalNoLinkIsInTheOutputButInAFileForTheOwnerAlone() throws Exception {
    try (Launched launched = Launched.script(directory, quiet()).running()) {
      launched.awaitErr("links are in");
      Path file = directory.resolve("doppelfleet/access.txt");
      assertThat(launched.out()).isEmpty();
      assertThat(launched.err())
          .contains(file.toString())
          .doesNotContain("tg://", "t.me", "secret=");
      assertThat(Files.readString(file)).contains("own tg://proxy?server=127.0.0.1&port=");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");

      try (Launched access = Launched.script(directory, Map.of(), "access")) {
        assertThat(access.exitStatus()).isZero();
        assertThat(access.out()).contains(file.toString()).doesNotContain("tg://", "t.me");
      }
      String key = Files.readAllLines(directory.resolve("doppelfleet/secret")).get(1);
      assertThat(launched.out() + launched.err()).doesNotContain(key);
    }
  }

  @Test
  void onATerminalTheLinkAndItsCodeAreShownAndAccessShowsThemAgain() throws Exception {
    try (Launched launched =
        Launched.command(directory, Launched.alone(directory), onATerminal(""))) {
      launched.awaitOut("Doppelfleet ");
      launched.awaitOut("\u2588");
      assertThat(launched.out())
          .contains("tg://proxy?server=127.0.0.1&port=")
          .contains("https://t.me/proxy?server=127.0.0.1&port=")
          .contains("trial: set proxy.cover");
      try (Launched access = Launched.command(directory, Map.of(), onATerminal("access"))) {
        assertThat(access.exitStatus()).isZero();
        assertThat(access.out()).contains("tg://proxy?server=127.0.0.1&port=").contains("\u2588");
      }
    }
  }

  @Test
  void whatTheFirstLookAtTheCoverShowsStandsOnTheScreenAndNowhereElse() throws Exception {
    try (RawServer site = RawServer.start()) {
      Thread noTls =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (true) {
                        RawSocket visitor = site.take(Duration.ofSeconds(30));
                        visitor.read();
                        visitor.send("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
                        visitor.close();
                      }
                    } catch (IOException | InterruptedException e) {
                      // The test is over.
                    }
                  });
      int port = site.address().getPort();
      Map<String, String> environment = new HashMap<>(quiet());
      environment.put("DOPPELFLEET_PROXY_COVER_HOST", "127.0.0.1");
      environment.put("DOPPELFLEET_PROXY_COVER_PORT", Integer.toString(port));
      // Of an address no secret can be made.
      environment.put(
          "DOPPELFLEET_SECRETS_alice",
          "ee00112233445566778899aabbccddeeff7777772e6578616d706c652e6f7267");
      try (Launched launched = Launched.command(directory, environment, onATerminal(""))) {
        launched.awaitOut("\u2588");
        String trouble = "the cover 127.0.0.1:" + port + " answers a TLS hello with something";
        launched.awaitOut(trouble);
        assertThat(launched.out()).contains("  ! " + trouble).containsOnlyOnce(trouble);
      }
      noTls.interrupt();
    }
  }

  @Test
  void twoNodesCannotHaveOneState() throws Exception {
    try (Launched first = Launched.script(directory, quiet()).running();
        Launched second = Launched.script(directory, quiet())) {
      assertThat(second.exitStatus()).isEqualTo(1);
      assertThat(second.err()).startsWith("another node runs with the state directory");
      assertThat(first.err()).doesNotContain("stopped");
    }
  }

  @Test
  void prometheusReadsWhereItIsTold() throws Exception {
    int port = freePort();
    try (Launched launched =
            Launched.script(directory, quiet(), "--metrics", "127.0.0.1:" + port).running();
        HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> read =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(read.statusCode()).isEqualTo(200);
      assertThat(read.body())
          .contains(
              "\ndoppelfleet_accepted_total",
              "\ndoppelfleet_buffers",
              "\ndoppelfleet_connections{",
              "\ndoppelfleet_loop_lag",
              "\ndoppelfleet_relayed",
              "\ndoppelfleet_waiting_bytes",
              "\ndoppelfleet_waiting_pair_most_bytes",
              "\njvm_memory_used_bytes");
      assertThat(launched.err()).doesNotContain("already registered");
    }
  }

  @Test
  void aMetricsPortInUseIsNamedAndExitsWith1() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Launched launched =
            Launched.script(
                directory, quiet(), "run", "--metrics", "127.0.0.1:" + taken.getLocalPort())) {
      assertThat(launched.exitStatus()).isEqualTo(1);
      assertThat(launched.err())
          .startsWith("metrics can't be served on 127.0.0.1:" + taken.getLocalPort())
          .hasLineCount(1);
    }
  }

  @Test
  void theScriptWorksThroughALinkWithSpacesInItsPathAndAnotherJavaInFront() throws Exception {
    Path link =
        Files.createSymbolicLink(
            Files.createDirectory(directory.resolve("a b")).resolve("my proxy"), Launched.SCRIPT);
    try (Launched launched =
        Launched.command(
            directory,
            Map.of("JAVA_HOME", directory.toString()),
            List.of(link.toString(), "--version"))) {
      assertThat(launched.exitStatus()).isZero();
      assertThat(launched.out()).startsWith("Doppelfleet ");
      assertThat(launched.err()).isEmpty();
    }
  }

  private static List<String> onATerminal(String argument) {
    return List.of("script", "-qec", "'" + Launched.SCRIPT + "' " + argument, "/dev/null");
  }

  /** It listens on a free port, and its cover, where nobody is, is on this machine too. */
  private static Map<String, String> quiet() {
    return quiet("127.0.0.1:0");
  }

  private static Map<String, String> quiet(String listen) {
    return Map.of(
        "DOPPELFLEET_PROXY_LISTEN",
        listen,
        "DOPPELFLEET_PROXY_COVER_HOST",
        "localhost",
        "DOPPELFLEET_PROXY_COVER_PORT",
        "9");
  }

  /** The path of a configuration with this data centre and one secret. */
  private String relay(RawServer datacenter) throws IOException {
    return config(
            "proxy:",
            "  listen: ['127.0.0.1:0']",
            "  cover: {host: 127.0.0.1, port: 9}",
            "  datacenters: {2: '127.0.0.1:" + datacenter.address().getPort() + "'}",
            "secrets: {alice: " + SECRET.toHex() + "}")
        .toString();
  }

  private static FakeTlsClient paired(Launched launched, RawServer datacenter) throws Exception {
    Matcher port = LISTENING.matcher(launched.running().err());
    assertThat(port.find()).isTrue();
    FakeTlsClient client =
        FakeTlsClient.connect(
            new InetSocketAddress(
                InetAddress.getLoopbackAddress(), Integer.parseInt(port.group(1))));
    client.handshake(Hellos.classic(SECRET).build(), 2, RandomGenerator.getDefault());
    assertThat(datacenter.take(Duration.ofSeconds(10)).read(Obfuscated2.HEADER_LENGTH))
        .isNotEmpty();
    return client;
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private Path config(String... lines) throws IOException {
    return Files.write(directory.resolve("config.yaml"), List.of(lines));
  }
}
