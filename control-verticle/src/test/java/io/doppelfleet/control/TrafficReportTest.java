package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.EpochGrant;
import io.doppelfleet.fleet.EpochRequest;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.TrafficReceipt;
import io.doppelfleet.fleet.TrafficReport;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From a node's report to what the API says of it. */
@Timeout(60)
final class TrafficReportTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Stamp ASKER = new Stamp("node", 0, 1);

  @TempDir Path directory;
  private TestControl control;

  @BeforeEach
  void start() throws Exception {
    Instant noon = Instant.parse("2026-11-28T12:34:56Z");
    control = TestControl.start(directory, Clock.fixed(noon, ZoneOffset.UTC));
    control.call("POST", "/secrets", TestControl.ALICE);
  }

  @AfterEach
  void end() throws Exception {
    control.close();
  }

  private long epoch() throws Exception {
    return ((EpochGrant) control.ask(EpochRequest.ADDRESS, new EpochRequest(ASKER))).granted();
  }

  private boolean taken(Stamp stamp, TrafficReport.Count... counts) throws Exception {
    TrafficReport report = new TrafficReport(stamp, List.of(counts));
    TrafficReceipt receipt = (TrafficReceipt) control.ask(TrafficReport.ADDRESS, report);
    assertThat(receipt.of()).isEqualTo(stamp.sequence());
    return receipt.taken();
  }

  private static TrafficReport.Count count(String secret, long up, long down) {
    return new TrafficReport.Count(secret, 1, up, down, 2, 1);
  }

  @Test
  void whatWasToldIsShownByTheHourAndByTheDayAndByTheNode() throws Exception {
    assertThat(epoch()).isEqualTo(1);
    assertThat(epoch()).isEqualTo(2);
    assertThat(taken(new Stamp("node", 2, 1), count("alice", 5, 7), count("gone", 1, 1))).isTrue();
    control.report(2, "192.0.2.1:443", "www.example.org");
    JsonObject sum = sum(5, 7);
    await()
        .atMost(SOON)
        .until(() -> control.call("GET", "/status").body().getJsonArray("nodes").size() == 1);
    JsonObject traffic = control.call("GET", "/secrets/alice/traffic?by=hour").body();
    assertThat(traffic.getJsonObject("total")).isEqualTo(sum.copy().put("open", 1));
    JsonObject ofNode = new JsonObject().put("name", "node").mergeIn(sum);
    assertThat(traffic.getJsonArray("periods"))
        .isEqualTo(
            new JsonArray()
                .add(
                    new JsonObject()
                        .put("from", "2026-11-28T12:00:00Z")
                        .mergeIn(sum)
                        .put("nodes", new JsonArray().add(ofNode))));
    TestControl.Reply all = control.call("GET", "/traffic");
    assertThat(all.etag()).isNull();
    assertThat(all.body().getJsonObject("total"))
        .isEqualTo(new JsonObject("{\"up\":6,\"down\":8,\"opened\":4,\"open\":2}"));
    assertThat(all.body().getJsonArray("periods").getJsonObject(0).getString("from"))
        .isEqualTo("2026-11-28T00:00:00Z");
    assertThat(control.call("GET", "/status").body().getJsonObject("traffic"))
        .isEqualTo(all.body().getJsonObject("total"));
    assertThat(
            control
                .call("GET", "/traffic?before=2026-11-28T00:00:00Z")
                .body()
                .getJsonArray("periods"))
        .isEmpty();
    assertThat(control.call("GET", "/revisions/1/restoration").body().getInteger("cut")).isOne();
    assertThat(control.call("GET", "/revisions/2/restoration").body().getInteger("cut")).isZero();
    // A secret that is gone is in the totals, and no secret.
    assertThat(control.call("GET", "/secrets/gone/traffic").status()).isEqualTo(200);
    assertThat(
            control
                .call("GET", "/secrets")
                .body()
                .getJsonArray("secrets")
                .getJsonObject(0)
                .getJsonObject("traffic"))
        .isEqualTo(sum.copy().put("open", 1));
  }

  @Test
  void theNodeBesideAControlThatIsGoneIsRemovedAndTheOwnIsNot() throws Exception {
    for (String name : List.of("node", "node.2")) {
      Stamp asker = new Stamp(name, 0, 1);
      control.ask(EpochRequest.ADDRESS, new EpochRequest(asker));
      assertThat(taken(new Stamp(name, 1, 1), count("alice", 5, 7))).isTrue();
    }
    assertThat(control.call("DELETE", "/nodes/node").problem())
        .isEqualTo("409 \"node\" is this control's own: it can't be removed here");
    assertThat(control.call("DELETE", "/nodes/node.2").body())
        .isEqualTo(new JsonObject().put("name", "node.2"));
    assertThat(control.call("DELETE", "/nodes/node.2").problem())
        .isEqualTo("404 there is no node \"node.2\"");
    assertThat(control.call("GET", "/traffic").body().getJsonArray("nodes").toString())
        .contains("node.2"); // what it has moved stays
  }

  private static JsonObject sum(int up, int down) {
    return new JsonObject().put("up", up).put("down", down).put("opened", 2);
  }

  @Test
  void whatIsUsedOfLimitedBytesIsShownByThePeriodOfThoseThatAreLimited() throws Exception {
    control.call("POST", "/secrets", TestControl.ALICE.replace("alice", "bob"));
    control.call("POST", "/secrets", TestControl.ALICE.replace("alice", "carol"));
    control.call("PUT", "/secrets/alice/limits", "{\"bytes\": {\"day\": 100, \"total\": 900}}");
    control.call(
        "PUT", "/secrets/carol/limits", "{\"bytes\": {\"month\": 50}, \"connections\": 3}");
    control.call("PUT", "/secrets/bob/limits", "{\"connections\": 3}");
    taken(new Stamp("node", epoch(), 1), count("alice", 5, 7), count("bob", 1, 1));
    JsonObject usage = control.call("GET", "/usage").body();
    JsonObject alice = new JsonObject().put("day", 12).put("total", 12);
    JsonObject carol = new JsonObject().put("month", 0);
    assertThat(usage.getJsonArray("secrets"))
        .isEqualTo(
            new JsonArray()
                .add(new JsonObject().put("name", "alice").put("bytes", alice))
                .add(new JsonObject().put("name", "carol").put("bytes", carol)));
    assertThat(control.call("GET", "/usage?limit=1").body().getString("next")).isEqualTo("alice");
    assertThat(control.call("GET", "/usage?search=bob").body().getJsonArray("secrets")).isEmpty();
    assertThat(control.call("GET", "/usage?limit=201").status()).isEqualTo(400);
  }

  @Test
  void theConnectionsOfANodeThatIsAwayAreNoMore() throws Exception {
    taken(new Stamp("node", epoch(), 1), count("alice", 5, 7));
    assertThat(
            control
                .call("GET", "/secrets/alice/traffic")
                .body()
                .getJsonObject("total")
                .getInteger("open"))
        .isZero();
  }

  @Test
  void anEpochThatWasNotGivenIsNotTaken() throws Exception {
    assertThat(taken(new Stamp("node", 1, 1), count("alice", 5, 7))).isFalse();
    assertThat(control.call("GET", "/traffic").body().getJsonArray("secrets")).isEmpty();
  }

  @Test
  void whatIsNoReportIsLeft() {
    assertThatThrownBy(() -> control.ask(TrafficReport.ADDRESS, new EpochRequest(ASKER)))
        .hasMessageContaining("message is no traffic, which belongs here");
  }
}
