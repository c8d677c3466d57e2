package io.doppelfleet.launcher.command;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./doppelfleet token}: programs that use the API. */
@Command(
    name = "token",
    description = "Makes, lists and revokes tokens, by which programs use the API.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {TokenCommand.Add.class, TokenCommand.ListAll.class, TokenCommand.Revoke.class})
public final class TokenCommand {
  private TokenCommand() {}

  @Command(
      name = "add",
      description = {
        "Prints a token, once: the store keeps a hash of it alone.",
        "A program sends it as Authorization: Bearer TOKEN."
      },
      mixinStandardHelpOptions = true)
  static final class Add implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(
        paramLabel = "NAME",
        description = "1 to 58 of a-z A-Z 0-9 . _ -, beginning with a letter or digit.")
    private String name = "";

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        required = true,
        completionCandidates = RoleNames.class,
        description = "viewer sees, operator changes secrets and bans, admin all.")
    private String role = "";

    @Option(
        names = "--for",
        paramLabel = "TIME",
        converter = TimeConverter.class,
        description = "How long it is good, like 12h or 90d, 366d at most; 30d unless it is said.")
    private @Nullable Duration time;

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) -> {
            JsonObject body = new JsonObject().put("name", name).put("role", role);
            if (time != null) {
              body.put("time", time.toSeconds());
            }
            JsonObject answer = api.post("/tokens", body).body();
            options.print(
                answer,
                "until "
                    + answer.getString("expiry")
                    + ", as "
                    + answer.getString("role")
                    + ":\n\n  "
                    + answer.getString("token")
                    + "\n\n");
          });
    }
  }

  @Command(
      name = "list",
      description = "Lists the tokens that are good, or were until of late.",
      mixinStandardHelpOptions = true)
  static final class ListAll implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) -> {
            JsonObject body = api.get("/tokens").body();
            Table table = new Table("NAME", "ROLE", "UNTIL", "BY");
            for (Object each : body.getJsonArray("tokens")) {
              JsonObject token = (JsonObject) each;
              table.row(
                  token.getString("name"),
                  token.getString("role"),
                  token.getString("expiry"),
                  token.getString("by"));
            }
            options.print(
                body, table.text("no tokens: ./doppelfleet token add NAME --role viewer"));
          });
    }
  }

  @Command(
      name = "revoke",
      description = "Makes a token good for nothing, at once, and those that were made by it.",
      mixinStandardHelpOptions = true)
  static final class Revoke implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(paramLabel = "NAME", description = "As token list shows it.")
    private String name = "";

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) ->
              options.print(
                  api.delete("/tokens/" + ApiClient.part(name)).body(),
                  "revoked " + name + ": it works no more\n"));
    }
  }
}
