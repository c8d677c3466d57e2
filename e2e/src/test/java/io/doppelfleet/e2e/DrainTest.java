package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.bench.client.BrokenRuleException;
import io.doppelfleet.bench.client.FakeTlsClient;
import io.doppelfleet.bench.client.Hellos;
import io.doppelfleet.bench.tcp.RawSocket;
import io.doppelfleet.fleet.Secret;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that their control ends, each a process of its own, under clients. */
@Timeout(240)
final class DrainTest {
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final String HOST = "cover.example";
  private static final InetAddress HOME = InetAddress.ofLiteral("127.0.0.2");

  @TempDir Path directory;
  private EchoDatacenter datacenter;
  private AlertingCover cover;
  private FarControl control;
  private Secret alice;
  private final List<ProcessNode> nodes = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    datacenter = EchoDatacenter.start();
    cover = AlertingCover.start();
    control = FarControl.start(directory.resolve("control"));
    alice = control.api.add("alice", HOST);
  }

  @AfterEach
  void end() throws Exception {
    for (ProcessNode node : nodes) {
      assertThat(node.log()).doesNotContain("ERROR", "Exception", "tg://", "127.0.0.2");
      node.close();
    }
    assertThat(control.log()).doesNotContain("ERROR", "Exception", "tg://");
    control.close();
    cover.close();
    datacenter.close();
  }

  private ProcessNode run(String name) throws Exception {
    ProcessNode node =
        ProcessNode.startFar(directory.resolve(name), cover.port(), datacenter.address());
    nodes.add(node);
    await().atMost(SOON).until(() -> control.node(name).containsKey("clients"));
    return node;
  }

  private ProcessNode joined(String name) throws Exception {
    control.join(name, directory.resolve(name));
    return run(name);
  }

  private FakeTlsClient client(ProcessNode node) throws Exception {
    List<FakeTlsClient> served = new ArrayList<>();
    await()
        .atMost(SOON)
        // The cover answered, or the process that was started again listens in a moment.
        .ignoreExceptionsMatching(
            e -> e instanceof BrokenRuleException || e instanceof ConnectException)
        .until(
            () -> {
              FakeTlsClient client = FakeTlsClient.connect(node.address(), HOME);
              client.handshake(Hellos.classic(alice).build(), 2, RANDOM);
              echo(client);
              return served.add(client);
            });
    return served.getFirst();
  }

  private static void echo(FakeTlsClient client) throws IOException {
    client.say(new byte[] {7}, 1);
    assertThat(client.hear(1)).containsExactly(7);
  }

  private void awaitCoverFor(ProcessNode node) {
    await()
        .atMost(SOON)
        .until(
            () -> {
              byte[] hello = Hellos.classic(alice).build().bytes();
              try (RawSocket socket = RawSocket.connect(node.address())) {
                socket.send(hello);
                return socket.read()[0] == AlertingCover.ALERT[0] && cover.has(hello);
              }
            });
  }

  private FarControl.Command command(String... arguments) throws Exception {
    return FarControl.Command.run(directory.resolve("control"), arguments);
  }

  /** One node after another, whose clients leave in their own time. */
  @Test
  void aRollingRestartCutsNobodyAndWhoComesMeanwhileMeetsTheCover() throws Exception {
    ProcessNode paris = joined("paris");
    ProcessNode oslo = joined("oslo");
    FakeTlsClient inParis = client(paris);
    FakeTlsClient inOslo = client(oslo);

    FarControl.Command drain = command("node", "drain", "paris", "--for", "2m");
    assertThat(drain.status()).as(drain.out()).isZero();
    assertThat(drain.out())
        .isEqualTo("paris takes no more clients; those that it has may finish for 120 s\n");
    awaitCoverFor(paris);
    await().atMost(SOON).until(() -> control.node("paris").containsKey("draining"));
    assertThat(control.node("paris").getInteger("clients")).isEqualTo(1);
    assertThat(command("node", "list").out()).contains("draining");
    assertThat(command("status").out()).contains("draining");
    echo(inParis);
    echo(inOslo);
    inParis.close();
    assertThat(paris.ended()).isZero();
    assertThat(paris.log()).contains("drained, 0 clients left", "stopped, 0 connections cut");

    ProcessNode again = run("paris");
    FakeTlsClient back = client(again);
    await().atMost(SOON).until(() -> !control.node("paris").containsKey("draining"));
    control.api.done("POST", "/nodes/oslo/drain", "{}");
    awaitCoverFor(oslo);
    echo(inOslo);
    echo(back);
    inOslo.close();
    assertThat(oslo.ended()).isZero();
    echo(back);
    back.close();
  }

  @Test
  void whoDoesNotFinishInTimeIsCutAndWhatCannotBeDrainedIsSaid() throws Exception {
    ProcessNode paris = joined("paris");
    refused(404, "/nodes/rome/drain", "{}", "there is no node \"rome\"");
    refused(400, "/nodes/paris/drain", "{\"time\": 3601}", "time is 3601: 0 to 3600");
    refused(400, "/nodes/paris/drain", "{\"now\": 1}", "now");
    try (FakeTlsClient client = client(paris)) {
      control.api.done("POST", "/nodes/paris/drain", "{\"time\": 1}");
      assertThat(paris.ended()).isZero();
      assertThat(paris.log()).contains("drained, 1 clients left", "stopped, 1 connections cut");
      assertThat(client.raw().readToEnd()).isNotNull();
    }
    await().atMost(SOON).until(() -> !control.node("paris").getBoolean("connected"));
    refused(409, "/nodes/paris/drain", "{}", "its link isn't open here");
  }

  private void refused(int status, String path, String body, String why) throws IOException {
    ControlApi.Reply reply = control.api.call("POST", path, body);
    JsonObject problem = reply.body();
    assertThat(reply.status()).as(problem.encode()).isEqualTo(status);
    assertThat(problem.getString("detail")).contains(why);
  }
}
