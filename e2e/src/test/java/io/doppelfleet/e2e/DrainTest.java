package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.RawSocket;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes that their control ends, each a process of its own, under clients. */
@Timeout(240)
@Tag("waiting")
class DrainTest extends FarNodes {
  private Secret alice;

  @BeforeEach
  void add() throws Exception {
    alice = control.api.add("alice", HOST);
  }

  private ProcessNode reporting(ProcessNode node, String name) {
    await().atMost(SOON).until(() -> control.node(name).containsKey("clients"));
    return node;
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

  /** One node after another, whose clients leave in their own time. */
  @Test
  void aRollingRestartCutsNobodyAndWhoComesMeanwhileMeetsTheCover() throws Exception {
    ProcessNode paris = reporting(joined("paris"), "paris");
    ProcessNode oslo = reporting(joined("oslo"), "oslo");
    FakeTlsClient inParis = client(paris, alice);
    FakeTlsClient inOslo = client(oslo, alice);

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

    ProcessNode again = reporting(run("paris"), "paris");
    FakeTlsClient back = client(again, alice);
    await().atMost(SOON).until(() -> !control.node("paris").containsKey("draining"));
    assertThat(new ProcessBuilder("kill", "-USR1", Long.toString(oslo.pid())).start().waitFor())
        .isZero(); // whoever is on its machine drains it without the control
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
    ProcessNode paris = reporting(joined("paris"), "paris");
    refused(404, "/nodes/rome/drain", "{}", "there is no node \"rome\"");
    refused(400, "/nodes/paris/drain", "{\"time\": 3601}", "time is 3601: 0 to 3600");
    refused(400, "/nodes/paris/drain", "{\"now\": 1}", "now");
    try (FakeTlsClient client = client(paris, alice)) {
      control.api.done("POST", "/nodes/paris/drain", "{\"time\": 1}");
      assertThat(paris.ended()).isZero();
      assertThat(paris.log()).contains("drained, 1 clients left", "stopped, 1 connections cut");
      assertThat(client.raw().readToEnd()).isNotNull();
    }
    await().atMost(SOON).until(() -> !control.node("paris").getBoolean("connected"));
    refused(409, "/nodes/paris/drain", "{}", "its link isn't open at any control");
  }

  private void refused(int status, String path, String body, String why) throws IOException {
    ControlApi.Reply reply = control.api.call("POST", path, body);
    JsonObject problem = reply.body();
    assertThat(reply.status()).as(problem.encode()).isEqualTo(status);
    assertThat(problem.getString("detail")).contains(why);
  }
}
