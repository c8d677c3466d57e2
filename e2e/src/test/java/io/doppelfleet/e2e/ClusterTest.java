package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.BrokenRuleException;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.Ending;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A control and two nodes in a cluster, each a process of its own with an address of its own. They
 * are the same ones in all tests, for their start takes longest; the last test ends one.
 */
@Timeout(300)
@Tag("waiting")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ClusterTest {
  /** A second is what is promised; a machine that runs many tests is given more. */
  private static final Duration SOON = Duration.ofSeconds(15);

  /** So soon a node is at the control's address where the cluster carries nothing. */
  private static final Duration PROMISED = Duration.ofSeconds(10);

  private static final Duration BACK = Duration.ofSeconds(60);

  private static final String CARRIED = "the link to a control is open, over the cluster";
  private static final String DIRECT = "the link to the control at ";
  private static final String HOST = "cover.example";
  private static final InetAddress HOME = InetAddress.ofLiteral("127.0.0.2");
  private static final List<String> NAMES = List.of("paris", "oslo");

  @TempDir static Path directory;
  private TestCluster cluster;
  private EchoDatacenter datacenter;
  private AlertingCover cover;
  private FarControl control;
  private final List<ProcessNode> nodes = new ArrayList<>();
  private final List<FakeTlsClient> clients = new ArrayList<>();

  @BeforeAll
  void start() throws Exception {
    cluster = TestCluster.choose();
    datacenter = EchoDatacenter.start();
    cover = AlertingCover.start();
    control = FarControl.start(directory.resolve("control"), cluster.of(0));
    for (String name : NAMES) {
      control.join(name, directory.resolve(name));
    }
    List<CompletableFuture<ProcessNode>> starting = new ArrayList<>();
    for (int i = 0; i < NAMES.size(); i++) {
      int which = i;
      starting.add(
          CompletableFuture.supplyAsync(
              () -> node(which), work -> Thread.ofPlatform().daemon().start(work)));
    }
    for (CompletableFuture<ProcessNode> each : starting) {
      nodes.add(each.get());
    }
  }

  private ProcessNode node(int which) {
    try {
      return ProcessNode.startFar(
          directory.resolve(NAMES.get(which)),
          cover.port(),
          datacenter.address(),
          cluster.of(which + 1));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterAll
  void end() throws Exception {
    for (FakeTlsClient client : clients) {
      client.close();
    }
    for (ProcessNode node : nodes) {
      node.close();
      assertThat(node.log()).doesNotContain("tg://", "127.0.0.2:");
    }
    control.close();
    assertThat(control.log()).doesNotContain("tg://", "node1.");
    cover.close();
    datacenter.close();
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) { // it was closed meanwhile
      return "";
    }
  }

  private void awaitRevision(List<String> names) {
    for (String name : names) {
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(50))
          .ignoreExceptions()
          .until(
              () -> {
                JsonObject node = control.node(name);
                return node.getBoolean("connected")
                    && node.getLong("revision") == control.revision();
              });
    }
  }

  @Test
  @Order(1)
  void linksAreOverTheBusAndNothingListensElsewhere() throws Exception {
    awaitRevision(NAMES);
    for (ProcessNode node : nodes) {
      // On a busy machine the first try may be too slow, and the next is half a minute later.
      await().atMost(BACK).untilAsserted(() -> assertThat(node.log()).contains(CARRIED));
    }
    try (Stream<Path> files = Files.list(Path.of("/proc/" + nodes.getFirst().pid() + "/fd"))) {
      assertThat(files.filter(Files::isSymbolicLink).map(ClusterTest::target))
          .anyMatch(file -> file.contains("/lib/cluster/hazelcast"));
    }
    assertThat(cluster.listening()).containsExactlyElementsOf(cluster.expected());
  }

  @Test
  @Order(2)
  void whatIsChangedAtTheControlIsSoOnEveryNode() throws Exception {
    Secret first = control.api.add("first", HOST);
    awaitRevision(NAMES);
    List<FakeTlsClient> held = new ArrayList<>();
    for (ProcessNode node : nodes) {
      held.add(client(node, first));
    }
    control.api.done("POST", "/secrets/first/rotation", "{\"overlap\": 3600}");
    Secret second = control.api.secret("first");
    assertThat(second).isNotEqualTo(first);
    awaitRevision(NAMES);
    for (ProcessNode node : nodes) {
      client(node, first);
      client(node, second);
    }
    WithinASecond cut = WithinASecond.begin();
    control.api.done("DELETE", "/secrets/first", "");
    for (FakeTlsClient each : held) {
      assertThat(each.raw().readToEnd().ending()).isEqualTo(Ending.FIN);
    }
    cut.over("over the cluster a revoked secret's clients were cut on all nodes");
    final Secret alice = control.api.add("alice", HOST);
    awaitRevision(NAMES);
    FakeTlsClient banned = client(nodes.getFirst(), alice);
    WithinASecond ban = WithinASecond.begin();
    control.api.done("POST", "/bans", "{\"prefix\": \"127.0.0.2/32\", \"reason\": \"test\"}");
    assertThat(banned.raw().readToEnd().ending()).isEqualTo(Ending.FIN);
    ban.over("over the cluster a banned client was cut");
    control.api.done("DELETE", "/bans/127.0.0.2%2F32", "");
    awaitRevision(NAMES);

    // What passed there is written here, for each node once.
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(
            () ->
                control.api.done("GET", "/secrets/first/traffic", "").getJsonArray("nodes").size()
                    == NAMES.size());
  }

  /** What is said on it is TLS, of which a stranger can finish no handshake. */
  @Test
  @Order(3)
  void aStrangerWithoutACertificateHearsNothingOnTheBus() throws Exception {
    for (int which = 0; which <= NAMES.size(); which++) {
      assertThat(BusStranger.heardInTheClear(cluster.bus(which))).isEmpty();
      assertThat(BusStranger.heardWithoutCertificate(cluster.bus(which))).isEmpty();
    }
  }

  /** It may keep the bus from carrying anything; nodes go to the control by themselves then. */
  @Test
  @Order(4)
  void aStrangerWhoBecomesAMemberLearnsNoSecretAndChangesNothing() throws Exception {
    Secret alice = control.api.secret("alice");
    final JsonArray before = secrets();
    try (MemberStranger stranger = MemberStranger.join(cluster, directory.resolve("oslo"))) {
      await().atMost(SOON).until(() -> !stranger.seen().isEmpty());
      assertThat(stranger.seen()).doesNotContain("alice", alice.toHex(), HOST);
      List<Integer> opened = new ArrayList<>();
      for (ProcessNode node : nodes) {
        await()
            .atMost(BACK)
            .until(() -> node.log().lastIndexOf(CARRIED) > node.log().lastIndexOf(DIRECT));
        opened.add(openedAtTheAddress(node));
      }
      stranger.spoil();
      long since = System.nanoTime();
      for (int i = 0; i < nodes.size(); i++) {
        ProcessNode node = nodes.get(i);
        int had = opened.get(i);
        await()
            .atMost(PROMISED.minusNanos(System.nanoTime() - since))
            .until(() -> openedAtTheAddress(node) > had);
      }
      control.api.add("carol", HOST);
      awaitRevision(NAMES);
      for (ProcessNode node : nodes) {
        client(node, alice);
      }
      // Who wants a link over the bus is led to the stranger, each second time, and begins TLS.
      Path carrier = directory.resolve("oslo").resolve("cluster.sock");
      List<SocketChannel> knocking = new ArrayList<>();
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                knocking.add(knock(carrier));
                return stranger.heard().startsWith("\u0016");
              });
      for (SocketChannel socket : knocking) {
        socket.close();
      }
      assertThat(stranger.heard()).doesNotContain("alice", "carol", "cover.example");
    }
    control.api.done("DELETE", "/secrets/carol", "");
    assertThat(secrets()).isEqualTo(before);
    assertThat(control.api.done("GET", "/status", "").getJsonArray("nodes")).hasSize(NAMES.size());
  }

  private static int openedAtTheAddress(ProcessNode node) throws IOException {
    return node.log().split(DIRECT, -1).length;
  }

  /** As the node's own link does; the control waits long for the rest of who came to it. */
  private static SocketChannel knock(Path carrier) throws IOException {
    SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(carrier));
    socket.write(ByteBuffer.wrap(new byte[] {1}));
    return socket;
  }

  /** But what passes, which goes on. */
  private JsonArray secrets() throws IOException {
    JsonArray all = control.api.done("GET", "/secrets", "").getJsonArray("secrets");
    all.forEach(secret -> ((JsonObject) secret).remove("traffic"));
    return all;
  }

  /** A member that is frozen neither answers nor leaves; others don't wait for it. */
  @Test
  @Order(5)
  void aMemberThatIsFrozenKeepsNobodyFromStartingAndEnding() throws Exception {
    Secret alice = control.api.secret("alice");
    FakeTlsClient held = client(nodes.getFirst(), alice);
    ProcessNode oslo = nodes.getLast();
    signal(oslo, "STOP");
    try {
      control.kill();
      echo(client(nodes.getFirst(), alice));
      control.startAgain();
      awaitRevision(List.of("paris"));
      control.api.done("DELETE", "/secrets/alice", "");
      assertThat(held.raw().readToEnd().ending()).isEqualTo(Ending.FIN);
      aNodeThatIsRemovedEndsAndKeepsNothing();
    } finally {
      signal(oslo, "CONT");
    }
    awaitRevision(List.of("oslo"));
  }

  private void aNodeThatIsRemovedEndsAndKeepsNothing() throws Exception {
    control.api.done("DELETE", "/nodes/paris", "");
    ProcessNode paris = nodes.removeFirst();
    long since = System.nanoTime();
    assertThat(paris.ended()).isEqualTo(1);
    assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(30));
    assertThat(paris.log()).contains("this node was removed from its fleet: it keeps nothing");
    assertThat(directory.resolve("paris").resolve("last-state")).doesNotExist();
  }

  private static void signal(ProcessNode node, String which) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + which, String.valueOf(node.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private FakeTlsClient client(ProcessNode node, Secret secret) throws Exception {
    await()
        .atMost(SOON)
        .ignoreException(BrokenRuleException.class) // the cover answered
        .until(
            () -> {
              FakeTlsClient client = FakeTlsClient.connect(node.address(), HOME);
              clients.add(client);
              client.handshake(Hellos.classic(secret).build(), 2, RANDOM);
              echo(client);
              return true;
            });
    return clients.getLast();
  }

  private static void echo(FakeTlsClient client) throws IOException {
    client.say(new byte[] {7}, 1);
    assertThat(client.hear(1)).containsExactly(7);
  }
}
