package io.doppelfleet.launcher.command;

import io.vertx.core.json.JsonObject;

/** How nodes are shown. */
final class Nodes {
  private Nodes() {}

  static String link(JsonObject node) {
    return node.getBoolean("connected") ? "open" : away(node);
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

  /** What is wrong with it, or about to come. */
  static String warning(JsonObject node) {
    if (node.containsKey("secondHolder")) {
      return "another machine holds its identity too: remove it";
    }
    return node.containsKey("draining") ? "draining" : "";
  }
}
