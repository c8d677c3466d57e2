package io.doppelfleet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.Stamp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VitalsTest {
  private static final Stamp STAMP = new Stamp("node", 1, 1);

  private static final Vitals VITALS =
      new Vitals(
          false,
          12,
          9000,
          false,
          10,
          1,
          1,
          List.of(new Vitals.Loop(0.001, 0, 0, 0), new Vitals.Loop(0.2504, 0, 0, 0)),
          4096,
          true,
          List.of("2", "203"),
          List.of("4", "other"),
          0,
          0);

  @Test
  void controlsAreToldOfTheSlowestLoopAndOfDataCentresThatTelegramHas() {
    NodeHealth.Probe probe = new NodeHealth.Probe(2, 0, null, 80);
    assertThat(VITALS.health(STAMP, "1.0", Map.of("alice", 1, "bob", 2), List.of(probe)))
        .isEqualTo(
            new NodeHealth(
                STAMP,
                "1.0",
                250,
                true,
                List.of(2, 203),
                List.of(4),
                List.of(new NodeHealth.OldKeys("bob", 2), new NodeHealth.OldKeys("alice", 1)),
                List.of(probe)));
  }

  @Test
  void ofManySecretsWithOldKeysThoseAreToldThatHaveMostConnections() {
    Map<String, Integer> oldKeys = new HashMap<>();
    for (int i = 1; i <= 2000; i++) {
      oldKeys.put("secret" + i, i);
    }
    List<NodeHealth.OldKeys> told = VITALS.health(STAMP, "1.0", oldKeys, List.of()).oldKeys();
    assertThat(told).hasSize(NodeHealth.MOST_OLD_KEYS);
    assertThat(told.getFirst()).isEqualTo(new NodeHealth.OldKeys("secret2000", 2000));
    assertThat(told.getLast()).isEqualTo(new NodeHealth.OldKeys("secret1501", 1501));
  }
}
