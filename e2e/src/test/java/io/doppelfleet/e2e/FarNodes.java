package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.BrokenRuleException;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A control and nodes elsewhere, each a process of its own, under clients. They go on from test to
 * test, for their start takes longest; a secret is of one test.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FarNodes {
  /** A second is what is promised; a machine that runs many tests is given more. */
  static final Duration SOON = Duration.ofSeconds(15);

  /** On a busy machine the first try may be too slow, and the next is half a minute later. */
  private static final Duration CARRIED = Duration.ofSeconds(60);

  static final String OVER_THE_BUS = "the link to a control is open, over the cluster";
  static final String HOST = "cover.example";
  private static final InetAddress HOME = InetAddress.ofLiteral("127.0.0.2");

  @TempDir static Path directory;

  AlertingCover cover;
  FarControl control;

  /** Those that were started last, by the names of their directories. */
  private final Map<String, ProcessNode> nodes = new ConcurrentHashMap<>();

  EchoDatacenter datacenter;
  private final List<FakeTlsClient> clients = new ArrayList<>();

  /** Null where there is none. */
  private @Nullable TestCluster cluster;

  /** Those of its members, the control's first, in the order in which they came to be. */
  private final List<String> members = new ArrayList<>();

  @BeforeAll
  void start() throws Exception {
    datacenter = EchoDatacenter.start(around());
    cover = AlertingCover.start(around());
    cluster = isCluster() ? TestCluster.choose() : null;
    control = startedControl();
  }

  /**
   * Whether all are members of a cluster, whose bus carries the links; else each link is a
   * connection to the control's address.
   */
  boolean isCluster() {
    return false;
  }

  /** Where data centre and cover are. */
  InetAddress around() throws Exception {
    return InetAddress.getLoopbackAddress();
  }

  /** Where clients are. */
  InetAddress home() throws Exception {
    return HOME;
  }

  FarControl startedControl() throws Exception {
    return FarControl.start(state("control"), member("control"));
  }

  /** What the configuration of a process says of the cluster. */
  final synchronized String member(String name) {
    if (cluster == null) {
      return "";
    }
    if (!members.contains(name)) {
      members.add(name);
    }
    return cluster.of(members.indexOf(name));
  }

  @AfterEach
  void leave() throws Exception {
    for (FakeTlsClient client : clients) {
      client.close();
    }
    clients.clear();
    for (Object secret : control.api.done("GET", "/secrets", "").getJsonArray("secrets")) {
      control.api.done("DELETE", "/secrets/" + ((JsonObject) secret).getString("name"), "");
    }
    for (ProcessNode node : nodes.values()) {
      assertThat(node.log()).doesNotContain(unsaid()).doesNotContain("127.0.0.2");
    }
  }

  /** What neither nodes nor the control ever say. */
  List<String> unsaid() {
    return List.of("ERROR", "Exception", "tg://");
  }

  /** Whatever was begun of it ends: the start may have failed in its midst. */
  @AfterAll
  void end() throws Exception {
    nodes.values().forEach(ProcessNode::close);
    try (AutoCloseable first = datacenter;
        AutoCloseable second = cover;
        AutoCloseable third = control) {
      if (control != null) {
        assertThat(control.log()).doesNotContain(unsaid()).doesNotContain("node1.");
      }
    }
  }

  Path state(String name) {
    return directory.resolve(name);
  }

  /** It serves, as since the test before or by one token and one command. */
  ProcessNode joined(String name) throws Exception {
    ProcessNode node = nodes.get(name);
    if (node != null && node.isAlive()) {
      return node;
    }
    if (!Files.exists(state(name).resolve("node"))) {
      control.join(name, state(name));
    }
    ProcessNode started = run(name);
    if (cluster != null) {
      awaitCarried(started);
    }
    return started;
  }

  static void awaitCarried(ProcessNode started) {
    await().atMost(CARRIED).untilAsserted(() -> assertThat(started.log()).contains(OVER_THE_BUS));
  }

  /** The one that was started last. */
  ProcessNode node(String name) {
    return Objects.requireNonNull(nodes.get(name));
  }

  ProcessNode run(String name) throws Exception {
    return run(name, List.of());
  }

  /** By a command before the script's, which runs what follows it. */
  ProcessNode run(String name, List<String> under) throws Exception {
    ProcessNode node = started(name, under);
    nodes.put(name, node);
    return node;
  }

  ProcessNode started(String name, List<String> under) throws Exception {
    return ProcessNode.startFar(
        state(name), cover.port(), datacenter.address(), member(name), under);
  }

  FarControl.Command command(String... arguments) throws Exception {
    return FarControl.Command.run(state("control"), arguments);
  }

  void awaitRevision(String... names) {
    for (String name : names) {
      await()
          .atMost(SOON)
          .until(
              () -> {
                JsonObject node = control.node(name);
                return node.getBoolean("connected")
                    && Boolean.FALSE.equals(node.getBoolean("behind"))
                    && node.getLong("revision") == control.revision();
              });
    }
  }

  /** One that is served: as long as the cover answers, or nobody listens yet, it comes again. */
  FakeTlsClient client(ProcessNode node, Secret secret) throws Exception {
    await()
        .atMost(SOON)
        .ignoreExceptionsMatching(
            e -> e instanceof BrokenRuleException || e instanceof ConnectException)
        .until(
            () -> {
              FakeTlsClient client = FakeTlsClient.connect(node.address(), home());
              clients.add(client);
              client.handshake(Hellos.classic(secret).build(), 2, RANDOM);
              echo(client);
              return true;
            });
    return clients.getLast();
  }

  static void echo(FakeTlsClient client) throws IOException {
    client.say(new byte[] {7}, 1);
    assertThat(client.hear(1)).containsExactly(7);
  }
}
