package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.Ending;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What breaks while clients move bytes through two nodes: in the end the totals are right. */
@Tag("waiting")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
final class FaultTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  /**
   * Longer than whatever acts on silence here: a report 5 s, either end of a link and a second
   * holder of an identity 8 s.
   */
  private static final Duration SILENCE = Duration.ofSeconds(Long.getLong("fault.seconds", 9));

  private static final String HOST = "cover.example";

  private final Vertx vertx = Vertx.vertx();
  @TempDir static Path directory;
  private EchoDatacenter datacenter;
  private AlertingCover cover;
  private FarControl control;
  private CutNetwork network;
  private volatile ProcessNode paris;
  private volatile ProcessNode oslo;
  private Secret alice;
  private int bans;

  @BeforeAll
  void start() throws Exception {
    datacenter = EchoDatacenter.start();
    cover = AlertingCover.start();
    control = FarControl.start(directory.resolve("control"));
    network = CutNetwork.to(vertx, new HostPort("127.0.0.1", control.port()));
    alice = control.api.add("alice", HOST);
    control.join("paris", state("paris"));
    control.join("oslo", state("oslo"));
    Path identity = state("oslo").resolve("node");
    Files.writeString(
        identity,
        Files.readString(identity)
            .replace("127.0.0.1:" + control.port(), network.address().toString()));
    paris = run("paris");
    oslo = run("oslo");
    awaitPresent();
  }

  @AfterAll
  void end() throws Exception {
    paris.close();
    oslo.close();
    control.close();
    network.close();
    TestNode.await(vertx.close());
    cover.close();
    datacenter.close();
    for (ProcessNode node : List.of(paris, oslo)) {
      // One that was stopped finds that its threads were.
      assertThat(node.log().lines().filter(line -> !line.contains("BlockedThreadChecker")))
          .noneMatch(line -> line.contains("ERROR") || line.contains("Exception"));
    }
  }

  private Path state(String name) {
    return directory.resolve(name);
  }

  private ProcessNode run(String name) throws Exception {
    return ProcessNode.startFar(state(name), cover.port(), datacenter.address());
  }

  /** Both nodes run the present revision. */
  private void awaitPresent() {
    for (String name : List.of("paris", "oslo")) {
      await()
          .atMost(SOON)
          .ignoreExceptions()
          .until(
              () -> {
                JsonObject node = control.node(name);
                return node.getBoolean("connected")
                    && node.getLong("revision") == control.revision();
              });
    }
  }

  /** Bytes from clients that are in the store; 0 where nothing is known of them yet. */
  private long total(String node) throws IOException {
    return total("alice", node);
  }

  private long total(String secret, String node) throws IOException {
    ControlApi.Reply reply = control.api.call("GET", "/secrets/" + secret + "/traffic", "");
    for (Object each : reply.body().getJsonArray("nodes", new JsonArray())) {
      if (((JsonObject) each).getString("name").equals(node)) {
        return ((JsonObject) each).getLong("up");
      }
    }
    return 0;
  }

  private void awaitTotal(String node, long bytes) {
    awaitTotal("alice", node, bytes);
  }

  private void awaitTotal(String secret, String node, long bytes) {
    await()
        .atMost(SOON)
        .ignoreExceptionsInstanceOf(IOException.class)
        .untilAsserted(() -> assertThat(total(secret, node)).as(node).isEqualTo(bytes));
  }

  private static void signal(String signal, long pid) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + signal, String.valueOf(pid)).start();
    assertThat(kill.waitFor()).isZero();
  }

  @Test
  void aNodeThatIsStoppedAndOneWhoseNetworkIsCutGoOnAndEachByteIsInTheTotalsOnce()
      throws Exception {
    // A secret of its own: of another what was moved before may still be on its way.
    Secret moving = control.api.add("moving", HOST);
    Secret gone = control.api.add("gone", HOST);
    awaitPresent();
    try (Mover inParis = Mover.start(() -> paris.address(), moving);
        Mover inOslo = Mover.start(() -> oslo.address(), moving);
        FakeTlsClient held = FakeTlsClient.connect(paris.address())) {
      await().atMost(SOON).until(() -> inParis.moved() > 20_000 && inOslo.moved() > 20_000);
      held.handshake(Hellos.classic(gone).build(), 2, RANDOM);
      signal("STOP", paris.pid());
      network.cut();
      long cut = inOslo.moved();
      Thread.sleep(SILENCE);
      assertThat(inOslo.moved())
          .as("what a node moves that is cut off")
          .isGreaterThan(cut + 50_000);
      await()
          .atMost(SOON)
          .until(
              () ->
                  control.log().contains("the link of node paris has ended")
                      && control.log().contains("the link of node oslo has ended"));
      Secret meanwhile = control.api.add("meanwhile", HOST);
      control.api.done("DELETE", "/secrets/gone", "");
      WithinASecond awake = WithinASecond.begin();
      signal("CONT", paris.pid());
      network.mend();
      assertThat(held.raw().readToEnd().ending()).isEqualTo(Ending.FIN);
      awake.over("after its node went on a client was cut whose secret was revoked meanwhile");
      awaitPresent();
      for (ProcessNode node : List.of(paris, oslo)) {
        try (Mover served = Mover.start(node::address, meanwhile)) {
          await().atMost(SOON).until(() -> served.moved() > 0);
        }
      }
      inParis.end();
      inOslo.end();
      assertThat(inParis.lost() + inOslo.lost()).as("clients that were cut").isZero();
      awaitTotal("moving", "paris", inParis.moved());
      awaitTotal("moving", "oslo", inOslo.moved());
    }
  }

  @Test
  void aControlThatIsKilledInTheMidstOfWritesHasAllItSaidAndWhatPassesMeanwhileIsToldInTheEnd()
      throws Exception {
    long parisBefore = total("paris");
    long osloBefore = total("oslo");
    List<String> written = new CopyOnWriteArrayList<>();
    try (Mover inParis = Mover.start(() -> paris.address(), alice);
        Mover inOslo = Mover.start(() -> oslo.address(), alice)) {
      await().atMost(SOON).until(() -> inParis.moved() > 20_000 && inOslo.moved() > 20_000);
      Thread writer = Thread.ofPlatform().start(() -> write(written));
      await().atMost(SOON).until(() -> written.size() > 20);
      final long told = inOslo.moved();
      control.kill();
      writer.join();

      // One ends in peace and one without a word, and both start with what they had.
      inParis.end();
      assertThat(paris.stop()).isZero();
      paris = run("paris");
      await().atMost(SOON).until(() -> Files.exists(state("oslo").resolve("untold")));
      oslo.kill();
      final long lastMoved = inOslo.moved();
      int connections = inOslo.connections();
      oslo = run("oslo");
      await().atMost(SOON).until(() -> inOslo.connections() > connections);

      control.startAgain();
      awaitPresent();
      assertThat(
              control.api.done("GET", "/secrets", "").getJsonArray("secrets").stream()
                  .map(secret -> ((JsonObject) secret).getString("name")))
          .containsAll(written);
      inOslo.end();
      awaitTotal("paris", parisBefore + inParis.moved());
      // Of the one that was killed the last seconds may be missing.
      long after = inOslo.moved() - lastMoved;
      await().atMost(SOON).until(() -> total("oslo") >= osloBefore + told + after);
      assertThat(total("oslo")).isLessThanOrEqualTo(osloBefore + inOslo.moved() + 1_000);
      for (String name : List.of("paris", "oslo")) {
        await().atMost(SOON).until(() -> !Files.exists(state(name).resolve("untold")));
      }
    }
  }

  /** Until it is killed. */
  private void write(List<String> written) {
    try {
      while (true) {
        String name = "written" + written.size();
        control.api.add(name, HOST);
        written.add(name);
      }
    } catch (IOException e) {
      // It was.
    }
  }

  @Test
  void aStoreThatIsFullRefusesChangesAndWhatPassesMeanwhileIsWrittenWhenThereIsRoom()
      throws Exception {
    long parisBefore = total("paris");
    try (Mover inParis = Mover.start(() -> paris.address(), alice)) {
      // A limit on files' sizes does to the process what a full disk does.
      long size = Files.size(state("control").resolve("fleet.mv.db"));
      limitFiles(String.valueOf(size));
      ControlApi.Reply refused = filled();
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.body().getString("detail")).contains("the store's file can't be used");
      long full = inParis.moved();
      await()
          .atMost(SOON)
          .until(
              () -> {
                filled(); // H2 that begins anew may have found some room in its file
                return control.log().contains("what nodes have moved is written later");
              });
      assertThat(inParis.moved()).isGreaterThan(full);
      limitFiles("unlimited");
      await()
          .atMost(SOON)
          .ignoreExceptions()
          .until(() -> control.api.call("POST", "/bans", ban()).status() < 300);
      awaitPresent();
      inParis.end();
      assertThat(inParis.lost()).isZero();
      awaitTotal("paris", parisBefore + inParis.moved());
    }
  }

  private void limitFiles(String bytes) throws Exception {
    Process limit =
        new ProcessBuilder(
                "prlimit",
                "--pid",
                String.valueOf(control.pid()),
                "--fsize=" + bytes + ":unlimited")
            .inheritIO()
            .start();
    assertThat(limit.waitFor()).isZero();
  }

  /** Adds until it can't be. */
  private ControlApi.Reply filled() throws IOException {
    ControlApi.Reply reply = control.api.call("POST", "/bans", ban());
    for (int i = 1; i < 250 && reply.status() < 300; i++) {
      reply = control.api.call("POST", "/bans", ban());
    }
    return reply;
  }

  /** Another one each time. */
  private String ban() {
    int number = bans++;
    return new JsonObject()
        .put("prefix", "198.51.%d.%d".formatted(number / 256, number % 256))
        .put("reason", "x".repeat(150))
        .encode();
  }
}
