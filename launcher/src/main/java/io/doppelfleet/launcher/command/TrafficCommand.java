package io.doppelfleet.launcher.command;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./doppelfleet traffic}: what has passed. */
@Command(
    name = "traffic",
    description = {
      "Shows what has passed: of all secrets, or of one, by day or hour, by node.",
      "Bytes are those of Telegram's protocol, without what makes them look like a web site's."
    },
    mixinStandardHelpOptions = true)
public final class TrafficCommand implements Callable<Integer> {
  @Mixin private final FleetOptions options = new FleetOptions();

  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description = "A secret; all of them unless it is said.")
  private @Nullable String name;

  @Option(
      names = "--by",
      paramLabel = "day|hour|node",
      description =
          "What the lines are; secrets or, of one, days unless it is said. Times are UTC.")
  private @Nullable String by;

  @Option(
      names = "--limit",
      paramLabel = "NUMBER",
      description = "Days or hours to go back from the last one, 1 to 1000; 50 unless it is said.")
  private @Nullable Integer limit;

  private TrafficCommand() {}

  @Override
  public Integer call() throws Exception {
    if (by != null && !List.of("day", "hour", "node").contains(by)) {
      throw CommandException.wrong("--by \"" + by + "\": day, hour or node is right");
    }
    String lines = by != null ? by : name == null ? "secret" : "day";
    boolean inTime = !lines.equals("secret") && !lines.equals("node");
    String path =
        (name == null ? "/traffic" : "/secrets/" + ApiClient.part(name) + "/traffic")
            + (inTime ? "?by=" + ApiClient.part(lines) : "?by=day")
            + (limit == null ? "" : "&limit=" + limit);
    return options.run(
        (api, state) -> {
          JsonObject body = api.get(path).body();
          options.print(body, inTime ? periods(body) : named(lines, body));
        });
  }

  private static String named(String lines, JsonObject body) {
    Table table = new Table(lines.equals("node") ? "NODE" : "SECRET", "UP", "DOWN", "CAME", "OPEN");
    JsonArray rows = body.getJsonArray(lines.equals("node") ? "nodes" : "secrets");
    rows.forEach(each -> row(table, ((JsonObject) each).getString("name"), (JsonObject) each));
    if (rows.size() > 1) {
      row(table, "(all)", body.getJsonObject("total"));
    }
    return table.text("nothing has passed yet");
  }

  private static void row(Table table, String name, JsonObject sum) {
    table.row(
        name,
        Bytes.of(sum.getLong("up")),
        Bytes.of(sum.getLong("down")),
        sum.getLong("opened").toString(),
        sum.getLong("open").toString());
  }

  private static String periods(JsonObject body) {
    Table table = new Table("FROM", "UP", "DOWN", "CAME");
    for (Object each : body.getJsonArray("periods")) {
      JsonObject period = (JsonObject) each;
      String from = period.getString("from");
      table.row(
          body.getString("by").equals("day") ? from.substring(0, 10) : from.substring(0, 16) + "Z",
          Bytes.of(period.getLong("up")),
          Bytes.of(period.getLong("down")),
          period.getLong("opened").toString());
    }
    return table.text("nothing has passed yet");
  }
}
