package io.doppelfleet.launcher.command;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./doppelfleet account}: people who use the dashboard. */
@Command(
    name = "account",
    description = "Makes, lists and removes accounts of people who use the dashboard.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      AccountCommand.Add.class,
      AccountCommand.ListAll.class,
      AccountCommand.Invite.class,
      AccountCommand.ForgetCodes.class,
      AccountCommand.Remove.class
    })
public final class AccountCommand {
  private AccountCommand() {}

  /** Prints the link of an answer that has an invitation, where a page is served that takes it. */
  private static void print(FleetOptions options, JsonObject answer) {
    String name = answer.getString("name");
    String link = answer.getString("link");
    options.print(
        answer,
        link == null
            ? name
                + " has an invitation, but no page is served that takes it: set control.listen,"
                + " start the control anew, then ./doppelfleet account invite "
                + name
                + "\n"
            : name
                + " sets a password here, once, until "
                + answer.getString("expiry")
                + ":\n\n  "
                + link
                + "\n\n");
  }

  private static JsonObject body(@Nullable Duration time) {
    return time == null ? new JsonObject() : new JsonObject().put("time", time.toSeconds());
  }

  @Command(
      name = "add",
      description = {
        "Prints a link, by which somebody sets a password, once.",
        "Whoever brings it first is that somebody: pass it on as you would a password.",
        "On the control's machine: a token isn't enough for that."
      },
      mixinStandardHelpOptions = true)
  static final class Add implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(
        paramLabel = "NAME",
        description = "1 to 64 of a-z A-Z 0-9 . _ -, beginning with a letter or digit.")
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
        description = "How long the link is good, 30d at most; 1d unless it is said.")
    private @Nullable Duration time;

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) ->
              print(
                  options,
                  api.post("/accounts", body(time).put("name", name).put("role", role)).body()));
    }
  }

  @Command(
      name = "list",
      description = "Lists the accounts, and who has set a password.",
      mixinStandardHelpOptions = true)
  static final class ListAll implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) -> {
            JsonObject body = api.get("/accounts").body();
            Table table = new Table("NAME", "ROLE", "PASSWORD", "CODES", "INVITED UNTIL");
            for (Object each : body.getJsonArray("accounts")) {
              JsonObject account = (JsonObject) each;
              table.row(
                  account.getString("name"),
                  account.getString("role"),
                  account.getBoolean("password") ? "set" : "-",
                  account.getBoolean("totp") ? "asked for" : "-",
                  account.getString("invited", "-"));
            }
            options.print(
                body, table.text("no accounts: ./doppelfleet account add NAME --role admin"));
          });
    }
  }

  @Command(
      name = "invite",
      description = {
        "Prints a link, by which somebody sets a new password, once.",
        "Until then the old one works; then their sessions end.",
        "On the control's machine: a token isn't enough for that."
      },
      mixinStandardHelpOptions = true)
  static final class Invite implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(paramLabel = "NAME", description = "As account list shows it.")
    private String name = "";

    @Option(
        names = "--for",
        paramLabel = "TIME",
        converter = TimeConverter.class,
        description = "How long the link is good, 30d at most; 1d unless it is said.")
    private @Nullable Duration time;

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) ->
              print(
                  options,
                  api.post("/accounts/" + ApiClient.part(name) + "/invitation", body(time))
                      .body()));
    }
  }

  @Command(
      name = "forget-codes",
      description = {
        "Asks somebody for no codes of an app any more, whose password is enough then.",
        "For who has lost both the app and the recovery codes: be sure who asks you.",
        "On the control's machine: a token isn't enough for that."
      },
      mixinStandardHelpOptions = true)
  static final class ForgetCodes implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(paramLabel = "NAME", description = "As account list shows it.")
    private String name = "";

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) ->
              options.print(
                  api.delete("/accounts/" + ApiClient.part(name) + "/totp").body(),
                  name + " is asked for no codes any more: their password is enough\n"));
    }
  }

  @Command(
      name = "remove",
      description = "Ends an account, its sessions and the tokens that it made, at once.",
      mixinStandardHelpOptions = true)
  static final class Remove implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(paramLabel = "NAME", description = "As account list shows it.")
    private String name = "";

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) ->
              options.print(
                  api.delete("/accounts/" + ApiClient.part(name)).body(),
                  "removed " + name + ": their sessions have ended, and tokens that they made\n"));
    }
  }
}
