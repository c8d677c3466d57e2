package io.doppelfleet.launcher.command;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./doppelfleet status}: the fleet at a glance. */
@Command(
    name = "status",
    description = "Shows the present revision, and which one each node runs.",
    mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {
  @Mixin private final FleetOptions options = new FleetOptions();

  private StatusCommand() {}

  @Override
  public Integer call() throws Exception {
    return options.run(
        (api, state) -> {
          JsonObject body = api.get("/status").body();
          Table table = new Table("NODE", "SERVER", "COVER", "REVISION", "CLIENTS", "");
          for (Object each : body.getJsonArray("nodes")) {
            JsonObject node = (JsonObject) each;
            table.row(
                node.getString("name", "(here)"),
                node.getString("server"),
                node.getString("cover"),
                Nodes.revision(node),
                node.getInteger("clients").toString(),
                Nodes.note(node));
          }
          for (Object each : body.getJsonArray("away")) {
            JsonObject node = (JsonObject) each;
            table.row(node.getString("name"), "-", "-", "-", "-", Nodes.away(node));
          }
          options.print(
              body,
              "revision "
                  + body.getLong("revision")
                  + ", secrets: "
                  + body.getInteger("secrets")
                  + ", bans: "
                  + body.getInteger("bans")
                  + "\n"
                  + passed(body.getJsonObject("traffic"))
                  + "\n"
                  + table.text("no node reports"));
        });
  }

  private static String passed(JsonObject traffic) {
    return Bytes.of(traffic.getLong("up"))
        + " came from clients, "
        + Bytes.of(traffic.getLong("down"))
        + " went to them\n";
  }
}
