package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.control.store.PostgresServer;
import io.doppelfleet.fleet.EpochRequest;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.TrafficReport;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When the node beside one of a store's controls may be removed. */
@Timeout(60)
final class GoneControlTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final TrafficReport.Count COUNT = new TrafficReport.Count("alice", 1, 5, 7, 2, 1);

  @TempDir Path directory;
  private String url;

  @BeforeEach
  void newStore() throws Exception {
    url = PostgresServer.shared().newDatabase();
  }

  private TestControl control(String name, boolean besideNode) throws Exception {
    Path own = Files.createDirectories(directory.resolve(name));
    Path key = directory.resolve("paris/fleet.key");
    if (Files.exists(key) && !name.equals("paris")) {
      Files.copy(key, own.resolve("fleet.key"));
    }
    return TestControl.start(own, url, besideNode);
  }

  private static void tells(TestControl control, String node) throws Exception {
    control.ask(EpochRequest.ADDRESS, new EpochRequest(new Stamp(node, 0, 1)));
    control.ask(TrafficReport.ADDRESS, new TrafficReport(new Stamp(node, 1, 1), List.of(COUNT)));
  }

  private static String removal(TestControl control, String node) throws Exception {
    TestControl.Reply reply = control.call("DELETE", "/nodes/" + node);
    return reply.status() == 200 ? reply.body().encode() : reply.problem();
  }

  @Test
  void notBeforeItsControlWasAwayForAMinute() throws Exception {
    try (TestControl paris = control("paris", true)) {
      try (TestControl oslo = control("oslo", true)) {
        await().atMost(SOON).until(() -> removal(paris, "node.2").startsWith("409"));
        assertThat(removal(paris, "node")).contains("is this control's own");
        tells(oslo, "node.2");
      }
      assertThat(removal(paris, "node.2"))
          .isEqualTo(
              "409 \"node.2\" is beside a control that was there a minute ago: stop that for good,"
                  + " and try again in a minute");
      aMinuteGoesBy();
      assertThat(removal(paris, "node.2")).isEqualTo(named("node.2"));
    }
  }

  /** What it held of limited bytes would be nobody's for ever. */
  @Test
  void soonOnceItsControlHasNoneAnyMore() throws Exception {
    try (TestControl paris = control("paris", false);
        TestControl oslo = control("oslo", false)) {
      tells(paris, "node");
      tells(oslo, "node.2");
      assertThat(removal(paris, "node")).isEqualTo(named("node"));
      assertThat(removal(paris, "node.2")).isEqualTo(named("node.2"));
    }
  }

  private static String named(String node) {
    return new JsonObject().put("name", node).encode();
  }

  private void aMinuteGoesBy() throws Exception {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE control SET seen_at = seen_at - INTERVAL '61' SECOND");
    }
  }
}
