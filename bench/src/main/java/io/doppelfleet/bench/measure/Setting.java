package io.doppelfleet.bench.measure;

import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * What was measured, and where.
 *
 * @param machine where
 * @param version the node's name and version, as it says them
 * @param plan how, and how much
 */
record Setting(Machine machine, String version, Plan plan) {
  /** The head of the results. */
  List<String> sentences() {
    return List.of(
        machine.sentence(),
        version
            + ", proxy.shaping: "
            + plan.shaping()
            + ", one event loop; start and memory: as many as by default");
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("machine", machine.toJson())
        .put("version", version)
        .put("shaping", plan.shaping())
        .put("quick", plan.quick());
  }
}
