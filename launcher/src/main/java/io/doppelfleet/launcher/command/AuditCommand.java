package io.doppelfleet.launcher.command;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./doppelfleet audit}: all that was done, and by whom. */
@Command(
    name = "audit",
    description = "Lists all that was done: revisions, and what is no part of them.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {AuditCommand.ListAll.class})
public final class AuditCommand {
  private AuditCommand() {}

  @Command(
      name = "list",
      description = {
        "Lists who did what, when and from where, the newest first.",
        "With --json also what was before and after."
      },
      mixinStandardHelpOptions = true)
  static final class ListAll implements Callable<Integer> {
    private static final int PAGE = 1000;

    @Mixin private final FleetOptions options = new FleetOptions();

    @Option(
        names = "--limit",
        paramLabel = "NUMBER",
        description = "How many at most; 50 unless it is said.")
    private int limit = 50;

    @Override
    public Integer call() throws Exception {
      if (limit < 1) {
        throw CommandException.wrong("--limit is " + limit + ": 1 or more would be right");
      }
      return options.run(
          (api, state) -> {
            JsonArray all = entries(api);
            Table table = new Table("AT", "AUTHOR", "FROM", "KIND", "WHAT");
            for (Object each : all) {
              JsonObject entry = (JsonObject) each;
              table.row(
                  entry.getString("at"),
                  entry.getString("author"),
                  entry.getString("origin"),
                  entry.getString("kind"),
                  what(entry));
            }
            options.print(new JsonObject().put("entries", all), table.text("none"));
          });
    }

    private JsonArray entries(ApiClient api) throws CommandException {
      JsonArray all = new JsonArray();
      @Nullable String cursor = "";
      while (cursor != null && all.size() < limit) {
        String query = "?limit=" + Math.min(PAGE, limit - all.size());
        JsonObject page = api.get("/audit" + query + cursor).body();
        all.addAll(page.getJsonArray("entries"));
        String next = page.getString("next");
        cursor = next == null ? null : "&cursor=" + next;
      }
      return all;
    }

    private static String what(JsonObject entry) {
      String what = entry.getString("what");
      String subject = entry.getString("subject");
      return subject == null || what.contains(subject) ? what : what + " (" + subject + ")";
    }
  }
}
