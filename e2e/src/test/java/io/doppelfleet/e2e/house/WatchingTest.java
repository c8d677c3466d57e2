package io.doppelfleet.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.Ports;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code conf} has for Prometheus and Grafana, held against Prometheus and a node. */
@Tag("waiting")
@Timeout(60)
final class WatchingTest {
  private static final Path CONF = Path.of("../conf").toAbsolutePath().normalize();
  private static final Path RULES = CONF.resolve("alerts.yaml");
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final InetAddress CLIENT = InetAddress.ofLiteral("127.0.0.7");

  /** All of ours, and those of libraries that we use there. */
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:doppelfleet|process|jvm|system)_[a-z0-9_]+|\\bup\\b");

  private static final Pattern OURS = Pattern.compile("\\bdoppelfleet_[a-z0-9_]+");

  /** There where a store has several alone, and the one here hasn't. */
  private static final Set<String> OF_SEVERAL_CONTROLS =
      Set.of(
          "doppelfleet_control_hellos_unshared_total",
          "doppelfleet_control_questions_dropped_total");

  /** A label's value. */
  private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir static Path directory;
  private static final Queue<byte[]> sent = new ConcurrentLinkedQueue<>();
  private static HttpServer collector;
  private static Launched node;
  private static InetSocketAddress listens;
  private static InetSocketAddress metrics;
  private static InetSocketAddress health;

  /**
   * With all that has metrics: a control, nodes elsewhere, an upstream, a list; and whom they are
   * sent.
   */
  @BeforeAll
  static void start() throws Exception {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    collector = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    collector.createContext(
        "/v1/metrics",
        exchange -> {
          sent.add(exchange.getRequestBody().readAllBytes());
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    listens = Ports.free(loopback);
    metrics = Ports.free(loopback);
    health = Ports.free(loopback);
    Path list = Files.writeString(directory.resolve("list.txt"), "8.8.8.8\n");
    Path file =
        Files.writeString(
            directory.resolve("node.yaml"),
            """
            proxy:
              listen: ["127.0.0.1:%d"]
              cover: {host: 127.0.0.1, port: 9}
              upstreams: {near: "socks5://127.0.0.1:9"}
              lists: {near: {from: "%s"}}
            control: {listen: "off", store: {url: "jdbc:h2:file:%s"}, nodes: {listen: "127.0.0.1:%d"}}
            metrics: {listen: "127.0.0.1:%d", otlp: {url: "http://127.0.0.1:%d/v1/metrics", every: 5s}}
            health: {listen: "127.0.0.1:%d"}
            log: {format: json}
            """
                .formatted(
                    listens.getPort(),
                    list,
                    directory.resolve("fleet"),
                    Ports.free(loopback).getPort(),
                    metrics.getPort(),
                    collector.getAddress().getPort(),
                    health.getPort()));
    Map<String, String> probing = Map.of("DOPPELFLEET_PROXY_PROBE_EVERY", "1d"); // not meanwhile
    node = Launched.script(directory, probing, "run", "--config", file.toString()).running();
  }

  @AfterAll
  static void end() {
    node.close();
    collector.stop(0);
    HTTP.close();
  }

  /** Whether what stands in {@code lib} beside the class path is whole. */
  @Test
  void theSameIsSentToACollector() {
    await() // the first may have left before the node was there
        .atMost(SOON)
        .until(
            () ->
                sent.stream()
                    .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1))
                    .anyMatch(
                        text ->
                            text.contains("doppelfleet.connections")
                                && text.contains("service.instance.id")));
  }

  @Test
  void promtoolHasNothingAgainstThePage() throws Exception {
    Path page = Files.writeString(directory.resolve("page"), get(metrics, "/metrics").body());
    Process promtool =
        new ProcessBuilder("promtool", "check", "metrics")
            .redirectInput(page.toFile())
            .redirectErrorStream(true)
            .start();
    assertThat(said(promtool)).isEmpty();
    assertThat(Files.readString(page).lines().filter(line -> !line.startsWith("#")))
        .as("series of a node with all that has some")
        .hasSizeLessThan(300);
    assertThat(Files.readString(page))
        .doesNotContain("netty_", "HELP doppelfleet_accepted_total \n")
        .contains("reason=\"stale\"", "reason=\"replay\"", "reason=\"replay from elsewhere\"");
  }

  @Test
  void eachBoundOfTheDocumentsHasAMetricThatIsOnThePage() throws Exception {
    Set<String> page = names(get(metrics, "/metrics").body());
    Set<String> bounds = names(Files.readString(Path.of("../docs/limits.md")));
    assertThat(bounds).hasSizeGreaterThan(20);
    bounds.removeAll(OF_SEVERAL_CONTROLS);
    assertThat(page).containsAll(bounds);
  }

  private static Set<String> names(String text) {
    return found(OURS, text).map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void theAlertsFireWhenTheyShouldAndElseNot() throws Exception {
    assertThat(said(promtool("check", "rules", RULES.toString()))).contains("SUCCESS");
    assertThat(
            said(
                promtool(
                    "test",
                    "rules",
                    Path.of("src/test/resources/prometheus/alerts-test.yaml").toString())))
        .contains("SUCCESS");
  }

  @Test
  void eachAlertIsTestedAndExplained() throws Exception {
    String tests = Files.readString(Path.of("src/test/resources/prometheus/alerts-test.yaml"));
    String explained = Files.readString(Path.of("../docs/watching.md"));
    List<String> alerts =
        found(Pattern.compile("alert: (\\w+)"), Files.readString(RULES))
            .map(m -> m.group(1))
            .toList();
    assertThat(alerts).hasSizeGreaterThan(10);
    assertThat(alerts)
        .allSatisfy(
            alert -> {
              assertThat(tests).contains("alertname=\"" + alert + "\"");
              assertThat(explained).contains("### " + alert);
            });
  }

  @Test
  void boardAndAlertsAskForWhatANodeHas() throws Exception {
    InetSocketAddress prometheus = Ports.free(InetAddress.ofLiteral("127.0.0.1"));
    Path file =
        Files.writeString(
            directory.resolve("prometheus.yaml"),
            Files.readString(CONF.resolve("prometheus.yaml"))
                .replace("/etc/prometheus/alerts.yaml", RULES.toString())
                .replace("127.0.0.1:9143", "127.0.0.1:" + metrics.getPort())
                .replace("15s", "1s"));
    Children children = new Children();
    Process process =
        children.startGuarded(
            new ProcessBuilder(
                    "prometheus",
                    "--config.file=" + file,
                    "--storage.tsdb.path=" + directory.resolve("tsdb"),
                    "--web.listen-address=127.0.0.1:" + prometheus.getPort())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile()));
    try {
      Ports.await(prometheus, process);
      await()
          .atMost(SOON)
          .until(
              () ->
                  !query(prometheus, "count_over_time(doppelfleet_accepted_total[1m]) > 2")
                      .isEmpty());
      Set<String> known = new TreeSet<>();
      ask(prometheus, "/api/v1/label/__name__/values")
          .getJsonArray("data")
          .forEach(name -> known.add(String.valueOf(name)));
      int answers = 0;
      for (String expression : boardsExpressions()) {
        answers += query(prometheus, expression).isEmpty() ? 0 : 1;
        assertThat(known).as(expression).containsAll(metricsOf(expression));
      }
      assertThat(answers).as("of the board that show something").isGreaterThan(20);
      List<JsonObject> rules = rules(prometheus);
      assertThat(rules).hasSizeGreaterThan(10);
      for (JsonObject rule : rules) {
        assertThat(rule.getString("health")).as(rule.encode()).isEqualTo("ok");
        String expression = rule.getString("query");
        assertThat(known).as(expression).containsAll(metricsOf(expression));
      }
    } finally {
      children.stop(process);
    }
  }

  @Test
  void itsHealthIsSaidWhereItIsAskedFor() throws Exception {
    assertThat(get(health, "/livez").statusCode()).isEqualTo(200);
    await().atMost(SOON).until(() -> get(health, "/readyz").statusCode() == 200);
    assertThat(get(health, "/metrics").statusCode()).isEqualTo(404);
  }

  @Test
  void sigquitShowsWhatItDoesAndNobodysAddress() throws Exception {
    try (Socket client = new Socket()) {
      client.bind(new InetSocketAddress(CLIENT, 0));
      client.connect(listens);
      client.getOutputStream().write(22);
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofSeconds(1)) // as often as it says something else
          .untilAsserted(
              () -> {
                node.quit();
                assertThat(node.out())
                    .containsPattern(
                        "\"main: at \\S+Z ready; 1 connections of [0-9]+: 0 clients, 0 strangers, 1"
                            + " undecided; [0-9]+ loops, the worst: .*; buffers [0-9]+ bytes; the"
                            + " cover .*; data centres answer; 0 upstreams of 1 down; linked to a"
                            + " control, revision [0-9]+\" ");
              });
    }
    assertThat(node.out()).doesNotContain(CLIENT.getHostAddress(), "tg://");
  }

  @Test
  void eachLineOfTheLogIsJson() {
    // The virtual machine's own word of its environment comes before any log.
    String err = node.err();
    String whole = err.substring(0, err.lastIndexOf('\n') + 1); // the last may be under way
    assertThat(
            whole
                .lines()
                .filter(line -> !line.startsWith("NOTE: ") && !line.startsWith("Picked up ")))
        .isNotEmpty()
        .allSatisfy(
            line -> assertThat(new JsonObject(line).getString("formattedMessage")).isNotEmpty());
  }

  private static List<String> boardsExpressions() throws IOException {
    List<String> expressions = new ArrayList<>();
    for (Object panel :
        new JsonObject(Files.readString(CONF.resolve("grafana-dashboard.json")))
            .getJsonArray("panels")) {
      for (Object target : ((JsonObject) panel).getJsonArray("targets")) {
        expressions.add(
            ((JsonObject) target)
                .getString("expr")
                .replace("$__rate_interval", "1m")
                .replace("$instance", ".*"));
      }
    }
    return expressions;
  }

  private static Set<String> metricsOf(String expression) {
    return found(METRIC, QUOTED.matcher(expression).replaceAll(""))
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<MatchResult> found(Pattern pattern, String text) {
    return pattern.matcher(text).results();
  }

  private static List<JsonObject> rules(InetSocketAddress prometheus) throws Exception {
    List<JsonObject> rules = new ArrayList<>();
    // A rule has a health once it was evaluated.
    await()
        .atMost(SOON)
        .until(
            () -> {
              rules.clear();
              for (Object group :
                  ask(prometheus, "/api/v1/rules").getJsonObject("data").getJsonArray("groups")) {
                ((JsonObject) group)
                    .getJsonArray("rules")
                    .forEach(rule -> rules.add((JsonObject) rule));
              }
              return rules.stream().noneMatch(rule -> rule.getString("health").equals("unknown"));
            });
    return rules;
  }

  private static JsonArray query(InetSocketAddress prometheus, String expression) throws Exception {
    JsonObject answer =
        ask(
            prometheus,
            "/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
    assertThat(answer.getString("status")).as(expression + answer).isEqualTo("success");
    return answer.getJsonObject("data").getJsonArray("result");
  }

  private static JsonObject ask(InetSocketAddress prometheus, String path) throws Exception {
    return new JsonObject(get(prometheus, path).body());
  }

  private static HttpResponse<String> get(InetSocketAddress at, String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.getPort() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static Process promtool(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("timeout", "60", "promtool"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static String said(Process process) throws Exception {
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
