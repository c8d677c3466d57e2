package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.tcp.Ending;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What nodes elsewhere do when their control says something, is away, or says that they end. */
@Timeout(240)
@Tag("waiting")
class FarNodesTest extends FarNodes {
  @Test
  void whatIsChangedAtTheControlIsSoOnEveryNode() throws Exception {
    Secret first = control.api.add("first", HOST);
    ProcessNode paris = joined("paris");
    ProcessNode oslo = joined("oslo");
    awaitRevision("paris", "oslo");
    FakeTlsClient inParis = client(paris, first);
    FakeTlsClient inOslo = client(oslo, first);

    JsonObject reached = control.api.done("GET", "/bans/simulation?prefix=127.0.0.0/24", "");
    assertThat(reached.getJsonArray("nodes"))
        .containsExactly(
            new JsonObject().put("name", "oslo").put("connections", 1),
            new JsonObject().put("name", "paris").put("connections", 1));
    assertThat(reached.getJsonArray("secrets"))
        .containsExactly(new JsonObject().put("name", "first").put("connections", 2));
    assertThat(reached.getJsonArray("silent")).isEmpty();

    Secret second = control.api.add("second", HOST);
    awaitRevision("paris", "oslo");
    echo(client(paris, second));
    echo(client(oslo, second));
    assertThat(control.api.done("GET", "/secrets/second/links", "").getJsonArray("links"))
        .hasSize(2);

    WithinASecond cut = WithinASecond.begin();
    control.api.done("DELETE", "/secrets/first", "");
    assertThat(inParis.raw().readToEnd().ending()).isEqualTo(Ending.FIN);
    assertThat(inOslo.raw().readToEnd().ending()).isEqualTo(Ending.FIN);
    cut.over("over links a revoked secret's clients were cut on both nodes");

    // What passed there is written here.
    await()
        .atMost(SOON)
        .ignoreExceptions() // before the first report
        .untilAsserted(
            () ->
                assertThat(
                        control
                            .api
                            .done("GET", "/secrets/second/traffic", "")
                            .getJsonObject("total")
                            .getLong("opened"))
                    .isEqualTo(2));
    assertThat(
            control.api.done("GET", "/secrets/second/traffic", "").getJsonArray("nodes").stream()
                .map(node -> ((JsonObject) node).getString("name")))
        .containsExactly("oslo", "paris");
    FarControl.Command list = command("node", "list");
    assertThat(list.out()).contains("paris  open", "oslo   open").doesNotContain("behind");
    FarControl.Command status = command("status", "--json");
    assertThat(new JsonObject(status.out()).getJsonArray("nodes"))
        .extracting(node -> ((JsonObject) node).getString("name"))
        .containsExactlyInAnyOrder("paris", "oslo");
    for (String file : List.of("node", "last-state")) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(state("paris").resolve(file))))
          .isEqualTo("rw-------");
    }
    assertThat(oslo.stop()).isZero();
    await().atMost(SOON).until(() -> !control.node("oslo").getBoolean("connected"));
    assertThat(control.stop()).isZero();
    control.startAgain();
  }

  @Test
  void whileTheControlIsAwayNodesServeAndWhenItIsBackTheyFollow() throws Exception {
    Secret alice = control.api.add("alice", HOST);
    ProcessNode paris = joined("paris");
    ProcessNode oslo = joined("oslo");
    awaitRevision("paris", "oslo");
    final FakeTlsClient held = client(paris, alice);
    final int said = paris.log().length();
    control.kill();
    echo(client(paris, alice));

    // One that starts meanwhile serves what it had, but for what came in its last second.
    Thread.sleep(1_000);
    oslo.kill();
    ProcessNode again = run("oslo");
    echo(client(again, alice));

    control.startAgain();
    awaitRevision("paris", "oslo");
    control.api.done("DELETE", "/secrets/alice", "");
    assertThat(held.raw().readToEnd().ending()).isEqualTo(Ending.FIN);
    awaitRevision("paris", "oslo");
    assertThat(paris.log().substring(said))
        .contains("no link to the control at 127.0.0.1:" + control.port());
  }

  @Test
  void aLastStateThatWasCutOrChangedIsSaidAndTheControlIsAsked() throws Exception {
    Secret alice = control.api.add("alice", HOST);
    ProcessNode paris = joined("paris");
    awaitRevision("paris");
    Path last = state("paris").resolve("last-state");
    await().atMost(SOON).until(() -> Files.exists(last));
    assertThat(paris.stop()).isZero();
    byte[] whole = Files.readAllBytes(last);

    byte[] changed = whole.clone();
    changed[whole.length / 2] ^= 1;
    Files.write(last, changed);
    ProcessNode second = run("paris");
    assertThat(second.log()).contains(last + " can't be used: the sealed value of");
    echo(client(second, alice));
    assertThat(second.stop()).isZero();

    byte[] newer = whole.clone();
    newer[0] = 2;
    Files.write(last, newer);
    control.kill();
    FarControl.Command refused =
        FarControl.Command.run(
            state("paris"), "run", "--config", ProcessNode.file(state("paris")).toString());
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.out())
        .contains("a sealed value is of format 2: this version reads 1; the control is asked")
        .contains("this node has no state of before, and its control gives none");
    control.startAgain();
  }

  @Test
  void aNodeThatWasRemovedEndsAndKeepsNothingAndAnotherNoticesNothing() throws Exception {
    Secret alice = control.api.add("alice", HOST);
    ProcessNode paris = joined("paris");
    ProcessNode oslo = joined("oslo");
    awaitRevision("paris", "oslo");
    FakeTlsClient inOslo = client(oslo, alice);
    await().atMost(SOON).until(() -> Files.exists(state("paris").resolve("last-state")));

    FarControl.Command removed = command("node", "remove", "paris");
    assertThat(removed.out()).startsWith("removed paris");
    assertThat(paris.ended()).isEqualTo(1);
    assertThat(paris.log()).contains("this node was removed from its fleet: it keeps nothing");
    assertThat(state("paris").resolve("last-state")).doesNotExist();

    FarControl.Command again =
        FarControl.Command.run(
            state("paris"), "run", "--config", ProcessNode.file(state("paris")).toString());
    assertThat(again.status()).isEqualTo(1);
    assertThat(again.out()).contains("this node was removed from its fleet");
    echo(inOslo);
    awaitRevision("oslo");

    FarControl.Command kept =
        FarControl.Command.run(state("paris"), "node", "join", control.token("paris"));
    assertThat(kept.status()).isEqualTo(2);
    assertThat(kept.out()).contains("this machine is a node already, paris: --replace");
    FarControl.Command anew =
        FarControl.Command.run(state("paris"), "node", "join", "--replace", control.token("paris"));
    assertThat(anew.status()).isZero();
    run("paris");
    awaitRevision("paris");
  }

  @Test
  void theSecondHolderOfACopiedDiskIsRefusedAndThatIsSaid() throws Exception {
    control.api.add("alice", HOST);
    joined("paris");
    awaitRevision("paris");
    Path copy = Files.createDirectories(state("copy"));
    Files.copy(
        state("paris").resolve("node"), copy.resolve("node"), StandardCopyOption.COPY_ATTRIBUTES);
    await().atMost(SOON).until(() -> Files.exists(state("paris").resolve("last-state")));
    Files.copy(state("paris").resolve("last-state"), copy.resolve("last-state"));
    ProcessNode second = run("copy");
    await().atMost(SOON).until(() -> second.log().contains("another process holds this identity"));
    assertThat(control.log()).contains("a second holder of the identity of node paris was refused");
    assertThat(control.node("paris").getString("secondHolder")).isNotNull();
    awaitRevision("paris");
    FarControl.Command status = command("status");
    assertThat(status.out()).contains("another machine holds its identity too");
    second.kill();
  }

  @Test
  void whatIsMissingIsSaidInALine() throws Exception {
    Path state = Files.createDirectories(state("alone"));
    Path file =
        Files.writeString(
            state.resolve("c.yaml"), "role: proxy\nproxy: {cover: {host: " + HOST + "}}\n");
    FarControl.Command run = FarControl.Command.run(state, "run", "--config", file.toString());
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).startsWith("this machine has not joined a fleet: run").hasLineCount(1);
    String token = control.token("rome");
    refused(2, "the token was cut or mistyped", state, token.substring(0, 60));
    refused(2, "that is no token", state, "paris");
    assertThat(FarControl.Command.run(state, "node", "join", token).status()).isZero();
    refused(1, "the control refused: the token was used already", state("other"), token);
    control.kill();
    refused(
        1, "the control can't be reached at 127.0.0.1:" + control.port(), state("third"), token);
    control.startAgain();
    control.api.done("DELETE", "/nodes/rome", "");
  }

  private static void refused(int status, String why, Path state, String token) throws Exception {
    FarControl.Command command = FarControl.Command.run(state, "node", "join", token);
    assertThat(command.out()).contains(why).doesNotContain(token.substring(0, 5) + ".A");
    assertThat(command.status()).isEqualTo(status);
  }
}
