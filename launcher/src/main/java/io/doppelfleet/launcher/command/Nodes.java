package io.doppelfleet.launcher.command;

import io.doppelfleet.fleet.NodeHealth;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** How nodes are shown. */
final class Nodes {
  private Nodes() {}

  static String link(JsonObject node) {
    if (!node.getBoolean("connected")) {
      return away(node);
    }
    return node.containsKey("control") ? "open at " + control(node) : "open";
  }

  /** The other control that a node reports to. */
  private static String control(JsonObject node) {
    JsonObject control = node.getJsonObject("control");
    String address = control.getString("address");
    return "control " + control.getInteger("number") + (address == null ? "" : ", " + address);
  }

  /** Since when a node is away. */
  static String away(JsonObject node) {
    String seen = node.getString("seen");
    return seen == null ? "never came" : "away since " + seen.replaceFirst("\\..*", "Z");
  }

  /** The revision that it runs, with a word where that isn't the present one. */
  static String revision(JsonObject node) {
    Long revision = node.getLong("revision");
    return revision == null ? "-" : revision + (node.getBoolean("behind") ? " (behind)" : "");
  }

  /** At which other control it is, and what is wrong with it. */
  static String note(JsonObject node) {
    String warning = warning(node);
    return !node.containsKey("control")
        ? warning
        : "at " + control(node) + (warning.isEmpty() ? "" : "; " + warning);
  }

  /** What is wrong with it, or about to come. */
  static String warning(JsonObject node) {
    if (node.containsKey("secondHolder")) {
      return "another machine holds its identity too: remove it";
    }
    List<String> warnings = new ArrayList<>();
    JsonObject health = node.getJsonObject("health", new JsonObject());
    if (health.getBoolean("coverDown", false)) {
      warnings.add("its cover doesn't answer");
    }
    JsonArray unreached = health.getJsonArray("unreached", new JsonArray());
    if (!unreached.isEmpty()) {
      warnings.add(
          "no answer from data centre "
              + unreached.stream().map(String::valueOf).collect(Collectors.joining(", ")));
    }
    for (Object each : health.getJsonArray("probes", new JsonArray())) {
      if (each instanceof JsonObject probe && probe.getBoolean("failing")) {
        warnings.add(
            "as a client of itself it fails at data centre "
                + probe.getInteger("datacenter")
                + ": "
                + words(probe.getString("failure")));
      }
    }
    if (node.containsKey("draining")) {
      warnings.add("draining");
    }
    return String.join("; ", warnings);
  }

  /** A control of a later version may have others. */
  private static String words(String failure) {
    return Arrays.stream(NodeHealth.Failure.values())
        .filter(each -> each.name().equalsIgnoreCase(failure))
        .map(NodeHealth.Failure::words)
        .findFirst()
        .orElse(failure);
  }
}
