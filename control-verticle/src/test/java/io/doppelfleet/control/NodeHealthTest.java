package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.Stamp;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What nodes say of how they do. */
@Timeout(60)
final class NodeHealthTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir Path directory;
  private TestControl control;

  @BeforeEach
  void start() throws Exception {
    control = TestControl.start(directory);
    control.report(1, "192.0.2.1:443", "www.example.org"); // in epoch 0
  }

  @AfterEach
  void end() throws Exception {
    control.close();
  }

  private void told(Stamp stamp, boolean coverDown, NodeHealth.OldKeys... oldKeys) {
    NodeHealth health =
        new NodeHealth(
            stamp,
            "1.0",
            112,
            coverDown,
            List.of(2),
            List.of(4),
            List.of(oldKeys),
            List.of(
                new NodeHealth.Probe(2, 0, null, 80),
                new NodeHealth.Probe(4, 7, NodeHealth.Failure.LATE, Integer.MAX_VALUE)));
    control.vertx.eventBus().publish(NodeHealth.ADDRESS, Buffer.buffer(MessageJson.write(health)));
  }

  private JsonObject node() throws Exception {
    return control.call("GET", "/status").body().getJsonArray("nodes").getJsonObject(0);
  }

  @Test
  void howANodeDoesIsKnownUntilItStartsAgain() throws Exception {
    await()
        .atMost(SOON)
        .until(() -> !control.call("GET", "/status").body().getJsonArray("nodes").isEmpty());
    assertThat(node().containsKey("health")).isFalse();
    assertThat(node().getString("role")).isEqualTo("all");
    assertThat(node().getJsonObject("traffic").getLong("down")).isZero();
    told(new Stamp("node", 0, 7), true);
    told(new Stamp("node", 0, 6), false); // late
    told(new Stamp("nobody", 0, 8), false);
    await().atMost(SOON).until(() -> node().containsKey("health"));
    assertThat(node().getJsonObject("health"))
        .isEqualTo(
            new JsonObject()
                .put("version", "1.0")
                .put("lag", 100)
                .put("coverDown", true)
                .put("reached", new JsonArray().add(2))
                .put("unreached", new JsonArray().add(4))
                .put(
                    "probes",
                    new JsonArray()
                        .add(
                            new JsonObject()
                                .put("datacenter", 2)
                                .put("failures", 0)
                                .put("failing", false)
                                .put("millis", 100))
                        .add(
                            new JsonObject()
                                .put("datacenter", 4)
                                .put("failures", 3)
                                .put("failing", true)
                                .put("failure", "late")
                                .put("millis", Integer.MAX_VALUE + 3L))));
    told(new Stamp("node", 1, 1), false); // before its first report
    await().atMost(SOON).until(() -> !node().containsKey("health"));
  }

  @Test
  void whoUsesAnOldKeyIsCountedOfSecretsThatHaveSeveral() throws Exception {
    control.call("POST", "/secrets", TestControl.ALICE);
    assertThat(secret().containsKey("oldKeyConnections")).isFalse();
    control.call("POST", "/secrets/alice/rotation", "{}"); // revision 3
    assertThat(secret().containsKey("oldKeyConnections")).as("nobody has told").isFalse();
    told(new Stamp("node", 0, 7), false);
    await()
        .atMost(SOON)
        .until(() -> control.call("GET", "/status").body().encode().contains("health"));
    assertThat(secret().containsKey("oldKeyConnections")).as("told of revision 1").isFalse();
    control.report(3, "192.0.2.1:443", "www.example.org");
    told(
        new Stamp("node", 0, 8),
        false,
        new NodeHealth.OldKeys("alice", 3),
        new NodeHealth.OldKeys("bob", 1));
    await().atMost(SOON).until(() -> secret().containsKey("oldKeyConnections"));
    assertThat(secret().getLong("oldKeyConnections")).isEqualTo(3);
    JsonArray listed = control.call("GET", "/secrets").body().getJsonArray("secrets");
    assertThat(listed).singleElement().isEqualTo(secret());
  }

  private JsonObject secret() throws Exception {
    return control.call("GET", "/secrets/alice").body();
  }
}
