package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A new key for the store, while the control runs. */
@Timeout(60)
final class FleetKeyTest extends WithPeople {
  @Test
  void isChangedByWhoRunsTheControlAndOpensAllThatWasThereAndIsNoted() throws Exception {
    control.call("POST", "/secrets", TestControl.ALICE);
    String links = control.call("GET", "/secrets/alice/links").body().encode();
    Path file = directory.resolve("fleet.key");
    String before = Files.readString(file);

    JsonObject answer = control.call("POST", "/fleet-key/rotation").body();
    assertThat(answer.getString("file")).isEqualTo(file.toString());
    assertThat(Files.readAllLines(file)).hasSize(2);
    assertThat(Files.readString(file)).isNotEqualTo(before);
    assertThat(answer.encode()).doesNotContain(Files.readAllLines(file).getLast());
    JsonObject noted =
        control.call("GET", "/audit?limit=1").body().getJsonArray("entries").getJsonObject(0);
    assertThat(noted.getString("what")).isEqualTo("changed the fleet key");
    assertThat(noted.getString("kind")).isEqualTo("key");
    assertThat(noted.getString("subject")).isEqualTo(answer.getString("key"));
    assertThat(noted.getString("origin")).isEqualTo("unix");

    control.close();
    control = TestControl.start(directory);
    assertThat(control.call("GET", "/secrets/alice/links").body().encode()).isEqualTo(links);
  }

  @Test
  void nobodyElseChangesIt() throws Exception {
    String before = Files.readString(directory.resolve("fleet.key"));
    assertThat(program("a", "admin").call("POST", "/fleet-key/rotation", null).detail())
        .isEqualTo(
            "403 this is done where the control runs, by its user: its Unix socket would be right");
    assertThat(Files.readString(directory.resolve("fleet.key"))).isEqualTo(before);
  }
}
