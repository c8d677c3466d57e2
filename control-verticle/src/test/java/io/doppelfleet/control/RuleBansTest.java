package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Lease;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeLeases;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.Sender;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bans by rules, as the API has them beside people's. */
@Timeout(60)
final class RuleBansTest {
  private static final String ONE = "198.51.100.7/32";
  private static final String PATH = "/bans/198.51.100.7%2F32";

  private final Sender node = new Sender(Sender.OWN_NODE, Instant.EPOCH);
  @TempDir Path directory;
  private TestControl control;

  @BeforeEach
  void start() throws Exception {
    control = TestControl.start(directory);
    say(ONE);
    await().atMost(Duration.ofSeconds(10)).until(() -> listed().size() == 1);
  }

  @AfterEach
  void end() throws Exception {
    control.close();
  }

  private void say(String prefix) {
    List<Lease> leases = List.of(new Lease(Prefix.parse(prefix), 600));
    byte[] text = MessageJson.write(new NodeLeases(node.next(), leases));
    control.vertx.eventBus().publish(NodeLeases.ADDRESS, Buffer.buffer(text));
  }

  private JsonArray listed() throws Exception {
    return control.call("GET", "/bans/rules").body().getJsonArray("bans");
  }

  @Test
  void oneIsListedWithItsNodeAndItsEndAndIsNoRevision() throws Exception {
    JsonObject ban = listed().getJsonObject(0);
    assertThat(ban.getString("prefix")).isEqualTo(ONE);
    assertThat(ban.getString("rule")).isEqualTo("replays");
    assertThat(ban.getString("node")).isEqualTo("node");
    assertThat(Instant.parse(ban.getString("expiry")))
        .isBetween(Instant.now().plusSeconds(500), Instant.now().plusSeconds(600));
    assertThat(control.call("GET", "/bans").body())
        .isEqualTo(new JsonObject("{\"revision\": 1, \"bans\": []}"));
  }

  @Test
  void whoLiftsItIsNotedAndItStaysLifted() throws Exception {
    assertThat(control.call("DELETE", PATH).body()).isEqualTo(new JsonObject("{\"revision\": 1}"));
    say(ONE);
    Thread.sleep(200); // it would be there
    assertThat(listed()).isEmpty();
    JsonObject noted =
        control.call("GET", "/audit?limit=1").body().getJsonArray("entries").getJsonObject(0);
    assertThat(noted.getString("what")).isEqualTo("ended the ban of " + ONE);
    assertThat(noted.getString("kind")).isEqualTo("rule");
    assertThat(noted.getString("subject")).isEqualTo(ONE);
  }

  /** There may have been no room for it here, or its node told another control. */
  @Test
  void oneThatThisControlDoesNotHoldCanBeLiftedTooButNothingThatNoRuleBans() throws Exception {
    assertThat(control.call("DELETE", "/bans/192.0.2.9").status()).isEqualTo(200);
    JsonObject noted =
        control.call("GET", "/audit?limit=1").body().getJsonArray("entries").getJsonObject(0);
    assertThat(noted.getString("subject")).isEqualTo("192.0.2.9/32");
    assertThat(control.call("DELETE", "/bans/192.0.2.0%2F24").problem())
        .isEqualTo("404 192.0.2.0/24 is not banned");
    assertThat(control.call("DELETE", "/bans/10.0.0.1").problem())
        .isEqualTo("404 10.0.0.1/32 is not banned");
  }

  @Test
  void aPersonsBanOfTheSameAddressEndsWithIt() throws Exception {
    String body = "{\"prefix\": \"198.51.100.7\", \"reason\": \"a test\"}";
    assertThat(control.call("POST", "/bans", body).status()).isEqualTo(201);
    assertThat(control.call("DELETE", PATH).body()).isEqualTo(new JsonObject("{\"revision\": 3}"));
    assertThat(listed()).isEmpty();
    assertThat(control.call("GET", "/bans").body().getJsonArray("bans")).isEmpty();
  }

  /** A thousand of them would have nodes forget whom somebody let in. */
  @Test
  void theEndOfAPersonsBanAloneKeepsNoRuleFromItsAddress() throws Exception {
    String body = "{\"prefix\": \"192.0.2.9\", \"reason\": \"a test\"}";
    assertThat(control.call("POST", "/bans", body).status()).isEqualTo(201);
    assertThat(control.call("DELETE", "/bans/192.0.2.9").status()).isEqualTo(200);
    say("192.0.2.9/32");
    await().atMost(Duration.ofSeconds(10)).until(() -> listed().size() == 2);
  }

  @Test
  void onARevisionThatIsNotThePresentOneNothingEndsAndNothingIsNoted() throws Exception {
    TestControl.Reply late = control.callOn("\"7\"", "DELETE", PATH, "");
    assertThat(late.problem())
        .isEqualTo("412 If-Match is revision 7, and the present one is 1: look at it first");
    String body = "{\"prefix\": \"198.51.100.7\", \"reason\": \"a test\"}";
    assertThat(control.call("POST", "/bans", body).status()).isEqualTo(201);
    late = control.callOn("\"1\"", "DELETE", PATH, "");
    assertThat(late.problem())
        .isEqualTo("412 If-Match is revision 1, and the present one is 2: look at it first");
    assertThat(listed()).hasSize(1);
    assertThat(control.call("GET", "/audit").body().encode()).doesNotContain("ended the ban");
    assertThat(control.callOn("\"2\"", "DELETE", PATH, "").status()).isEqualTo(200);
    assertThat(listed()).isEmpty();
  }
}
