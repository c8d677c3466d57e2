package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.BanAnswer;
import io.doppelfleet.fleet.BanQuestion;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Sender;
import io.vertx.core.buffer.Buffer;
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

/** Whom a ban would cut, as nodes tell it. */
@Timeout(60)
final class BanSimulationTest {
  private static final String PATH = "/bans/simulation?prefix=192.0.2.0/24";

  @TempDir Path directory;
  private TestControl control;

  @BeforeEach
  void start() throws Exception {
    control = TestControl.start(directory);
    control.call("POST", "/secrets", TestControl.ALICE);
    control.call("POST", "/secrets", TestControl.ALICE.replace("alice", "bob"));
    control.report(1, "192.0.2.1:443", "www.example.org");
  }

  @AfterEach
  void end() throws Exception {
    control.close();
  }

  private void answersAs(String name) {
    Sender sender = new Sender(name, Instant.EPOCH);
    control
        .vertx
        .eventBus()
        .<Buffer>consumer(
            BanQuestion.ADDRESS,
            message -> {
              BanQuestion question = (BanQuestion) MessageJson.read(message.body().getBytes());
              assertThat(question.prefix().address()).hasToString("/192.0.2.0");
              List<BanAnswer.Reached> secrets =
                  List.of(
                      new BanAnswer.Reached("bob", 5),
                      new BanAnswer.Reached("alice", 2),
                      new BanAnswer.Reached("nobody", 1));
              message.reply(
                  Buffer.buffer(MessageJson.write(new BanAnswer(sender.next(), 9, secrets))));
            });
  }

  @Test
  void isCountedBySecretAndNodeAndNothingIsBanned() throws Exception {
    answersAs(Sender.OWN_NODE);
    JsonObject reached = control.call("GET", PATH).body();
    assertThat(reached)
        .isEqualTo(
            new JsonObject(
                """
                {"prefix": "192.0.2.0/24", "connections": 9,
                 "secrets": [{"name": "bob", "connections": 5}, {"name": "alice", "connections": 2}],
                 "nodes": [{"name": "node", "connections": 9}], "silent": []}
                """));
    assertThat(control.call("GET", "/bans").body().getJsonArray("bans")).isEmpty();
  }

  @Test
  void ofANarrowRangeNoSecretIsNamedWhateverANodeSaysAndWhoAsksIsNoted() throws Exception {
    answersAs(Sender.OWN_NODE);
    JsonObject reached = control.call("GET", "/bans/simulation?prefix=192.0.2.0/25").body();
    assertThat(reached.getInteger("connections")).isEqualTo(9);
    assertThat(reached.getJsonArray("secrets")).isEmpty();
    JsonObject noted =
        control.call("GET", "/audit?limit=1").body().getJsonArray("entries").getJsonObject(0);
    assertThat(noted.getString("what")).isEqualTo("asked whom a ban of 192.0.2.0/25 would cut");
    assertThat(noted.getString("kind")).isEqualTo("question");
  }

  @Test
  void aNodeThatIsSilentIsNamedInTime() throws Exception {
    control.vertx.eventBus().consumer(BanQuestion.ADDRESS, message -> {});
    Instant begin = Instant.now();
    JsonObject reached = control.call("GET", PATH).body();
    assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(10));
    assertThat(reached.getJsonArray("silent")).containsExactly("node");
    assertThat(reached.getLong("connections")).isZero();
    assertThat(reached.getJsonArray("nodes")).isEmpty();
  }

  @Test
  void whatAnotherSaysInANodesPlaceIsNoAnswerOfIt() throws Exception {
    answersAs("mallory");
    assertThat(control.call("GET", PATH).body().getJsonArray("silent")).containsExactly("node");
  }

  @Test
  void whatIsNoRangeIsSaid() throws Exception {
    assertThat(control.call("GET", "/bans/simulation?prefix=192.0.2").problem())
        .startsWith("400 prefix is \"192.0.2\": a range like 192.0.2.0/24");
    assertThat(control.call("GET", "/bans/simulation").problem())
        .isEqualTo("400 prefix is missing");
  }
}
