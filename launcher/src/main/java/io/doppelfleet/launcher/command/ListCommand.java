package io.doppelfleet.launcher.command;

import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.list.ListReader;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./doppelfleet list}: many addresses under one name, on all nodes. */
@Command(
    name = "list",
    description = {
      "Sets, lists and removes lists of addresses while the node runs.",
      "They hold on all nodes, beside those of a node's own configuration."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ListCommand.Add.class,
      ListCommand.ListAll.class,
      ListCommand.Show.class,
      ListCommand.Remove.class
    })
public final class ListCommand {
  private ListCommand() {}

  private static String path(String name) {
    return "/lists/" + ApiClient.part(name);
  }

  @Command(
      name = "add",
      description = {
        "Sets a list, in place of the one of its name if there is one.",
        "Connections that it refuses are cut; from now on they meet the cover."
      },
      mixinStandardHelpOptions = true)
  static final class Add implements Callable<Integer> {
    /** Of a file: 10,000 prefixes are a tenth of that, the rest may be comments. */
    private static final int LONGEST = 4 << 20;

    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(
        index = "0",
        paramLabel = "NAME",
        description = "1 to 64 of a-z A-Z 0-9 . _ -, beginning with a letter or digit.")
    private String name = "";

    @Parameters(
        index = "1",
        paramLabel = "FILE",
        description = "In each line an address, a prefix or a range; - is standard input.")
    private String file = "";

    @ArgGroup private final Use use = new Use();

    @Option(
        names = "--confirm",
        paramLabel = "WORD",
        split = ",",
        converter = WordConverter.class,
        description =
            "What the list does that nobody means, most of the time: everything, private, bogon,"
                + " fewer, use, nobody.")
    private List<String> confirmed = List.of();

    /** What a list is for. */
    static final class Use {
      @Option(
          names = "--deny",
          description =
              "Who is in it meets the cover. Without either a list stays what it is, and a new one"
                  + " denies.")
      boolean deny;

      @Option(
          names = "--allow",
          description = "Who is in none of such lists meets the cover, where there is one.")
      boolean allow;
    }

    @Override
    public Integer call() throws Exception {
      JsonArray prefixes = prefixes();
      return options.run(
          (api, state) -> {
            JsonObject body =
                new JsonObject()
                    .put("use", wanted(api))
                    .put("prefixes", prefixes)
                    .put("confirm", new JsonArray(confirmed));
            JsonObject list = api.put(path(name), body).body();
            options.print(
                list,
                "list %s (%s) has %d prefixes\n"
                    .formatted(name, list.getString("use"), list.getInteger("count")));
          });
    }

    /** Who leaves it out doesn't mean to shut out whom a list lets in. */
    private String wanted(ApiClient api) throws CommandException {
      if (use.allow || use.deny) {
        return use.allow ? "allow" : "deny";
      }
      for (Object each : api.get("/lists").body().getJsonArray("lists")) {
        JsonObject list = (JsonObject) each;
        if (list.getString("name").equals(name)) {
          return list.getString("use");
        }
      }
      return "deny";
    }

    /** All of it or nothing: a line that says something else is a mistake here. */
    private JsonArray prefixes() throws CommandException {
      JsonArray prefixes = new JsonArray();
      try {
        byte[] text = text();
        ListReader.Reading reading =
            ListReader.read(() -> new ByteArrayInputStream(text), count -> {});
        if (reading.bad() > 0) {
          throw new IOException(
              "there is no address, prefix or range in the lines "
                  + reading.badLines().stream()
                      .map(String::valueOf)
                      .collect(Collectors.joining(", "))
                  + (reading.bad() > reading.badLines().size() ? " and others" : ""));
        }
        reading
            .addresses()
            .forEach(
                (high, low, length) ->
                    prefixes.add(new AddressBits(high, low).prefix(length).toString()));
      } catch (NoSuchFileException e) {
        throw CommandException.wrong(file + " is not there");
      } catch (IOException e) {
        throw CommandException.wrong(file + ": " + e.getMessage());
      }
      return prefixes;
    }

    private byte[] text() throws IOException {
      byte[] text;
      if (file.equals("-")) {
        text = System.in.readNBytes(LONGEST + 1);
        boolean isWhole = text.length <= LONGEST;
        if (isWhole && text.length > 0 && text[text.length - 1] != '\n') {
          throw new IOException("its last line has no end, so it may be a part of a list");
        }
      } else {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
          text = in.readNBytes(LONGEST + 1);
        }
      }
      if (text.length > LONGEST) {
        throw new IOException("it is longer than 4 MiB");
      }
      return text;
    }
  }

  @Command(name = "list", description = "Lists the lists.", mixinStandardHelpOptions = true)
  static final class ListAll implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) -> {
            JsonObject body = api.get("/lists").body();
            Table table = new Table("NAME", "USE", "PREFIXES");
            for (Object each : body.getJsonArray("lists")) {
              JsonObject list = (JsonObject) each;
              table.row(
                  list.getString("name"),
                  list.getString("use"),
                  String.valueOf(list.getInteger("count")));
            }
            options.print(body, table.text("there are no lists"));
          });
    }
  }

  @Command(
      name = "show",
      description = "Shows what is in a list, a prefix in each line, as add takes it.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(paramLabel = "NAME", description = "As list list shows it.")
    private String name = "";

    @Option(
        names = "--revision",
        paramLabel = "NUMBER",
        description = "As it was at this one, which revision list shows.")
    private @Nullable Long revision;

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) -> {
            String query = revision == null ? "" : "?revision=" + revision;
            ApiClient.Reply reply = api.get(path(name) + query);
            if (revision != null && !("\"" + revision + "\"").equals(reply.etag())) {
              throw CommandException.wrong(
                  "the control is older than this command, and shows a list as it is alone");
            }
            JsonObject list = reply.body();
            options.print(
                list,
                list.getJsonArray("prefixes").stream()
                    .map(prefix -> prefix + "\n")
                    .collect(Collectors.joining()));
          });
    }
  }

  @Command(
      name = "remove",
      description = {
        "Removes a list.",
        "When the last one goes that lets in (--allow), everybody may come again."
      },
      mixinStandardHelpOptions = true)
  static final class Remove implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(paramLabel = "NAME", description = "As list list shows it.")
    private String name = "";

    @Option(
        names = "--confirm",
        paramLabel = "WORD",
        converter = WordConverter.class,
        description = "nobody: those that are left let nobody in, and that is meant.")
    private @Nullable String confirmed;

    @Override
    public Integer call() throws Exception {
      String query = confirmed == null ? "" : "?confirm=" + confirmed;
      return options.run(
          (api, state) ->
              options.print(api.delete(path(name) + query).body(), "removed list " + name + "\n"));
    }
  }
}
