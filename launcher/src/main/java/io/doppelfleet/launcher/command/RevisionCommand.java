package io.doppelfleet.launcher.command;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./doppelfleet revision}: what was changed, by whom, and how to bring it back. */
@Command(
    name = "revision",
    description = "Lists, compares and restores the states that the fleet had.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RevisionCommand.ListAll.class,
      RevisionCommand.Diff.class,
      RevisionCommand.Restore.class
    })
public final class RevisionCommand {
  private RevisionCommand() {}

  @Command(
      name = "list",
      description = "Lists revisions, the newest first.",
      mixinStandardHelpOptions = true)
  static final class ListAll implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Option(
        names = "--before",
        paramLabel = "NUMBER",
        description = "Only those with lower numbers.")
    private @Nullable Long before;

    @Option(
        names = "--limit",
        paramLabel = "NUMBER",
        description = "How many at most, 1 to 1000; 50 unless it is said.")
    private int limit = 50;

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) -> {
            String query = "?limit=" + limit + (before == null ? "" : "&before=" + before);
            JsonObject body = api.get("/revisions" + query).body();
            Table table = new Table("NUMBER", "AT", "AUTHOR", "FROM", "WHAT");
            for (Object each : body.getJsonArray("revisions")) {
              JsonObject revision = (JsonObject) each;
              table.row(
                  revision.getLong("number").toString(),
                  revision.getString("at"),
                  revision.getString("author"),
                  revision.getString("origin"),
                  revision.getString("what"));
            }
            options.print(body, table.text("none"));
          });
    }
  }

  @Command(
      name = "diff",
      description = "Shows what one revision changes to become another.",
      mixinStandardHelpOptions = true)
  static final class Diff implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(index = "0", paramLabel = "FROM", description = "A revision's number.")
    private long from;

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "TO",
        description = "Another's; the present one's unless it is said.")
    private @Nullable Long to;

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) -> {
            String query = to == null ? "" : "?to=" + to;
            JsonObject body = api.get("/revisions/" + from + "/diff" + query).body();
            options.print(body, Changes.of(body));
          });
    }
  }

  @Command(
      name = "restore",
      description = {
        "Shows what bringing an earlier state back would change, and with --yes does it.",
        "Keys don't come back: a secret that is gone gets a new one."
      },
      mixinStandardHelpOptions = true)
  static final class Restore implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(paramLabel = "NUMBER", description = "The revision.")
    private long number;

    @Option(names = "--yes", description = "Do it.")
    private boolean yes;

    @Option(
        names = "--confirm",
        paramLabel = "WORD",
        split = ",",
        converter = WordConverter.class,
        description =
            "What its lists do that nobody means, most of the time: everything, use, nobody.")
    private List<String> confirmed = List.of();

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) -> {
            String path = "/revisions/" + number + "/restoration";
            ApiClient.Reply compared = api.get(path);
            boolean differs = !compared.body().getJsonArray("changes").isEmpty();
            if (!yes || !differs || compared.etag() == null) {
              options.print(
                  compared.body(),
                  Changes.of(compared.body()) + (differs ? shown(compared.body()) : ""));
              return;
            }
            // The diff that was shown is what is done: to no other state than it was made for.
            JsonObject wanted = new JsonObject();
            if (!confirmed.isEmpty()) { // an older control knows no such field
              wanted.put("confirm", new JsonArray(confirmed));
            }
            JsonObject body = api.postOn(compared.etag(), path, wanted).body();
            options.print(
                body,
                Changes.of(compared.body())
                    + "restored: the present revision is "
                    + body.getLong("revision")
                    + "\n");
          });
    }

    /** What of it is no change of a part, and how it is done. */
    private static String shown(JsonObject compared) {
      String dangers =
          compared.getJsonArray("dangers", new JsonArray()).stream()
              .map(String::valueOf)
              .collect(Collectors.joining(","));
      return "connections of secrets that go: "
          + compared.getLong("cut")
          + "\nnothing is done yet: add --yes "
          + (dangers.isEmpty() ? "" : "--confirm " + dangers + " ")
          + "to restore this\n";
    }
  }
}
