package io.doppelfleet.bench.measure;

import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * What was measured, and where.
 *
 * @param machine where
 * @param version the node's name and version, as it says them
 * @param shaping {@code proxy.shaping} of all nodes
 */
record Setting(Machine machine, String version, String shaping) {
  /** The head of the results. */
  List<String> sentences() {
    return List.of(
        machine.sentence(),
        version
            + ", proxy.shaping: "
            + shaping
            + ", one event loop; start and memory: as many as by default");
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("machine", machine.toJson())
        .put("version", version)
        .put("shaping", shaping);
  }
}
