package io.doppelfleet.launcher.command;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./doppelfleet ban}: addresses that meet the cover, whatever they know. */
@Command(
    name = "ban",
    description = "Bans addresses, lists bans and ends them while the node runs.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {BanCommand.Add.class, BanCommand.ListAll.class, BanCommand.Remove.class})
public final class BanCommand {
  private BanCommand() {}

  @Command(
      name = "add",
      description = "Cuts the connections of these addresses; from now on they meet the cover.",
      mixinStandardHelpOptions = true)
  static final class Add implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(
        paramLabel = "PREFIX",
        description = "An address, or a range like 192.0.2.0/24 or 2001:db8::/32.")
    private String prefix = "";

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "One line for people; \"by hand\" unless it is said.")
    private String reason = "by hand";

    @Option(
        names = "--for",
        paramLabel = "TIME",
        converter = TimeConverter.class,
        description = "Like 30m or 24h; until it is removed unless it is said.")
    private @Nullable Duration time;

    @Option(names = "--dry-run", description = "Bans nobody: shows how many it would cut now.")
    private boolean dry;

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) -> {
            if (dry) {
              JsonObject reached =
                  api.get("/bans/simulation?prefix=" + ApiClient.part(prefix)).body();
              options.print(reached, BanReach.text(reached));
              return;
            }
            JsonObject body = new JsonObject().put("prefix", prefix).put("reason", reason);
            if (time != null) {
              body.put(
                  "expiry", Instant.now().plus(time).truncatedTo(ChronoUnit.SECONDS).toString());
            }
            JsonObject ban = api.post("/bans", body).body();
            options.print(
                ban,
                "banned "
                    + ban.getString("prefix")
                    + (time == null ? "" : " until " + ban.getString("expiry"))
                    + "\n");
          });
    }
  }

  @Command(name = "list", description = "Lists the bans.", mixinStandardHelpOptions = true)
  static final class ListAll implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) -> {
            JsonObject body = api.all("/bans?limit=5000", "bans");
            JsonArray rules = api.get("/bans/rules").body().getJsonArray("bans");
            Table table = new Table("PREFIX", "UNTIL", "AUTHOR", "REASON");
            for (Object each : body.getJsonArray("bans")) {
              JsonObject ban = (JsonObject) each;
              table.row(
                  ban.getString("prefix"),
                  ban.getString("expiry", "removed"),
                  ban.getString("author"),
                  ban.getString("reason"));
            }
            for (Object each : rules) {
              JsonObject ban = (JsonObject) each;
              table.row(
                  ban.getString("prefix"),
                  ban.getString("expiry"),
                  "rule of " + ban.getString("node"),
                  ban.getString("rule"));
            }
            body.put("rules", rules);
            options.print(body, table.text("nobody is banned"));
          });
    }
  }

  @Command(name = "remove", description = "Ends a ban.", mixinStandardHelpOptions = true)
  static final class Remove implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(paramLabel = "PREFIX", description = "As ban list shows it.")
    private String prefix = "";

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) ->
              options.print(
                  api.delete("/bans/" + ApiClient.part(prefix)).body(),
                  "ended the ban of " + prefix + "\n"));
    }
  }
}
