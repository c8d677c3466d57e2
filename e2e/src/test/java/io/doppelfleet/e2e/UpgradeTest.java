package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.tcp.Ending;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A fleet of an earlier commit that becomes one of this, machine after machine, under clients. The
 * earlier one is built by {@code e2e/upgrade}, which runs this.
 */
@Timeout(300)
@Tag("upgrade")
final class UpgradeTest extends FarNodes {
  /** Where the earlier one is built. */
  private static final Path HOME = Path.of(System.getProperty("earlier.home", "."));

  /** Runs the earlier one's script in place of this one's. It may not know each key of today. */
  private static final List<String> EARLIER =
      List.of(
          "env",
          "--unset=DOPPELFLEET_PROXY_PROBE_EVERY",
          "sh",
          "-c",
          "[ ! -f \"${3-}\" ] || sed -i /probe-every/d \"$3\"; exec '"
              + HOME.resolve("doppelfleet")
              + "' \"$@\"");

  private static final List<String> NOW = List.of();

  @Override
  FarControl startedControl() throws Exception {
    return FarControl.start(state("control"), "", EARLIER);
  }

  @Test
  void anEarlierFleetBecomesOneOfTodayMachineAfterMachine() throws Exception {
    final Secret alice = control.api.add("alice", HOST);
    control.join("paris", state("paris"), EARLIER);
    ProcessNode paris = run("paris", EARLIER);
    control.join("oslo", state("oslo"));
    final ProcessNode oslo = run("oslo", NOW); // a new node of the earlier control
    awaitRevision("paris", "oslo");
    final FakeTlsClient inParis = client(paris, alice);
    final FakeTlsClient inOslo = client(oslo, alice);
    all("alice");

    assertThat(control.stop()).isZero();
    control.startAgain(NOW); // with earlier nodes and new ones
    all("bob");
    echo(inParis);
    echo(inOslo);
    await().atMost(SOON).until(() -> opened("alice") == 2);

    assertThat(paris.stop()).isZero();
    paris = run("paris", NOW);
    awaitRevision("paris", "oslo");
    echo(client(paris, alice));
    echo(inOslo);
    await().atMost(SOON).until(() -> opened("alice") == 3);

    control.api.done("DELETE", "/secrets/alice", "");
    assertThat(inOslo.raw().readToEnd().ending()).isEqualTo(Ending.FIN);
  }

  /** What is changed is so on each node. */
  private void all(String name) throws Exception {
    if (!name.equals("alice")) {
      control.api.add(name, HOST);
    }
    control.api.done("POST", "/secrets/" + name + "/rotation", "{}");
    control.api.done(
        "PUT", "/secrets/" + name + "/limits", new JsonObject().put("connections", 40).encode());
    String ban =
        new JsonObject().put("prefix", "192.0.2.0/24").put("reason", "of " + name).encode();
    control.api.done("POST", "/bans", ban);
    awaitRevision("paris", "oslo");
    control.api.done("DELETE", "/bans/192.0.2.0%2F24", "");
    awaitRevision("paris", "oslo");
  }

  private long opened(String name) throws Exception {
    return control
        .api
        .done("GET", "/secrets/" + name + "/traffic", "")
        .getJsonObject("total")
        .getLong("opened");
  }
}
