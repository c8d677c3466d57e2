package io.doppelfleet.launcher.command;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.stream.Collectors;

/** How people are told whom a ban would cut. */
final class BanReach {
  private BanReach() {}

  /** The answer of the API, in lines. */
  static String text(JsonObject reached) {
    long connections = reached.getLong("connections");
    StringBuilder text =
        new StringBuilder("a ban of ")
            .append(reached.getString("prefix"))
            .append(" would cut ")
            .append(connections)
            .append(connections == 1 ? " connection\n" : " connections\n");
    JsonArray silent = reached.getJsonArray("silent");
    if (!silent.isEmpty()) {
      text.append("not counted, for they didn't answer: ")
          .append(silent.stream().map(String::valueOf).collect(Collectors.joining(", ")))
          .append("\n");
    }
    if (connections > 0) {
      JsonArray secrets = reached.getJsonArray("secrets"); // of a narrow range none is named
      text.append(secrets.isEmpty() ? "" : "\n" + table("SECRET", secrets));
      text.append("\n").append(table("NODE", reached.getJsonArray("nodes")));
    }
    return text.toString();
  }

  private static String table(String title, JsonArray counts) {
    Table table = new Table(title, "CONNECTIONS");
    for (Object each : counts) {
      JsonObject count = (JsonObject) each;
      table.row(count.getString("name"), String.valueOf(count.getLong("connections")));
    }
    return table.text("");
  }
}
