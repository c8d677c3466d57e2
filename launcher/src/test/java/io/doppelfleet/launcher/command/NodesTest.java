package io.doppelfleet.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** What is said of a node that isn't well. */
final class NodesTest {
  private static JsonObject probe(int datacenter, boolean failing, String failure) {
    return new JsonObject()
        .put("datacenter", datacenter)
        .put("failures", failing ? 3 : 1)
        .put("failing", failing)
        .put("failure", failure);
  }

  private static String warning(JsonObject... probes) {
    JsonArray all = new JsonArray();
    for (JsonObject each : probes) {
      all.add(each);
    }
    return Nodes.warning(
        new JsonObject().put("health", new JsonObject().put("coverDown", true).put("probes", all)));
  }

  @Test
  void whereItFailsAsAClientOfItselfIsSaidAndHowFarItComes() {
    assertThat(warning(probe(2, false, "late"), probe(4, true, "unreached")))
        .isEqualTo(
            "its cover doesn't answer; as a client of itself it fails at data centre 4: it gets no"
                + " connection there");
  }

  @Test
  void whatAControlOfALaterVersionCallsItStands() {
    assertThat(warning(probe(4, true, "asleep"))).endsWith("at data centre 4: asleep");
  }

  @Test
  void aControlOfBeforeSaysNothingOfIt() {
    assertThat(Nodes.warning(new JsonObject().put("health", new JsonObject()))).isEmpty();
  }
}
