package io.doppelfleet.launcher.command;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.launcher.config.SecretsFile;
import io.doppelfleet.launcher.state.Access;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./doppelfleet secret}: who may use the fleet. */
@Command(
    name = "secret",
    description = "Adds, lists, limits, rotates and revokes secrets while the node runs.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      SecretCommand.Add.class,
      SecretCommand.ListAll.class,
      SecretCommand.Rotate.class,
      SecretCommand.Revoke.class,
      SecretCommand.Links.class,
      SecretCommand.Import.class,
      LimitCommand.class
    })
public final class SecretCommand {
  private SecretCommand() {}

  private static String path(String name) {
    return "/secrets/" + ApiClient.part(name);
  }

  @Command(
      name = "add",
      description =
          "Adds a secret with a new key, with limits where they are said, and shows its links.",
      mixinStandardHelpOptions = true)
  static final class Add implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(
        paramLabel = "NAME",
        description = "1 to 64 of a-z A-Z 0-9 . _ -, beginning with a letter or digit.")
    private String name = "";

    @Option(
        names = "--host",
        paramLabel = "HOST",
        description = "The host name in it; the nodes' cover unless it is said.")
    private @Nullable String host;

    @Mixin private final LimitOptions limits = new LimitOptions();

    @Override
    public Integer call() throws Exception {
      JsonObject limited = new JsonObject();
      LimitOptions.change(limited, limits.wanted());
      return options.run(
          (api, state) -> {
            JsonObject body = new JsonObject().put("name", name);
            if (host != null) {
              body.put("host", host);
            }
            if (!limited.isEmpty()) {
              body.put("limits", limited);
            }
            options.print(api.post("/secrets", body).body(), "added " + name + "\n");
            if (!options.json()) {
              new SecretLinks(options, api, state).show(name);
            }
          });
    }
  }

  @Command(
      name = "list",
      description = "Lists the secrets, their keys' times and what has passed by them.",
      mixinStandardHelpOptions = true)
  static final class ListAll implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Option(
        names = "--search",
        paramLabel = "TEXT",
        description = "Only those with this in their name or host.")
    private @Nullable String search;

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) -> {
            String query = search == null ? "" : "&search=" + ApiClient.part(search);
            JsonObject body = api.all("/secrets?limit=5000" + query, "secrets");
            Table table = new Table("NAME", "HOST", "UP", "DOWN", "OPEN", "KEYS");
            for (Object each : body.getJsonArray("secrets")) {
              JsonObject secret = (JsonObject) each;
              JsonObject traffic = secret.getJsonObject("traffic");
              table.row(
                  secret.getString("name"),
                  secret.getString("host"),
                  Bytes.of(traffic.getLong("up")),
                  Bytes.of(traffic.getLong("down")),
                  traffic.getLong("open").toString(),
                  keys(secret));
            }
            options.print(
                body,
                table.text(
                    search == null
                        ? "no secrets yet: ./doppelfleet secret add NAME"
                        : "no secret has that in its name or host"));
          });
    }

    private static String keys(JsonObject secret) {
      JsonArray keys = secret.getJsonArray("keys");
      Long old = secret.getLong("oldKeyConnections");
      if (keys.size() == 1 || (old != null && old == 0)) {
        return each(keys);
      }
      return each(keys) + "; open by old ones: " + (old == null ? "not known yet" : old);
    }

    private static String each(JsonArray keys) {
      return keys.stream()
          .map(JsonObject.class::cast)
          .map(
              key ->
                  key.getInteger("generation")
                      + (key.containsKey("until")
                          ? " until " + key.getString("until")
                          : key.containsKey("from") ? " from " + key.getString("from") : ""))
          .collect(Collectors.joining(", "));
    }
  }

  @Command(
      name = "rotate",
      description = {
        "Gives a secret a new key, and shows its new links.",
        "Its old keys go on for the overlap; then their connections may finish, and are cut."
      },
      mixinStandardHelpOptions = true)
  static final class Rotate implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(paramLabel = "NAME", description = "The secret.")
    private String name = "";

    @Option(
        names = "--overlap",
        paramLabel = "TIME",
        converter = TimeConverter.class,
        description = "Like 30m or 24h, 0s for none; 24h unless it is said.")
    private @Nullable Duration overlap;

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) -> {
            JsonObject body = new JsonObject();
            if (overlap != null) {
              body.put("overlap", overlap.toSeconds());
            }
            JsonObject answer = api.post(path(name) + "/rotation", body).body();
            options.print(answer, text(answer));
            SecretLinks links = new SecretLinks(options, api, state);
            links.replace(name);
            if (!options.json()) {
              links.show(name);
            }
          });
    }

    private static String text(JsonObject secret) {
      String name = secret.getString("name");
      List<String> ends =
          secret.getJsonArray("keys").stream()
              .map(key -> ((JsonObject) key).getString("until"))
              .filter(until -> until != null)
              .toList();
      return ends.isEmpty()
          ? "rotated " + name + ": links of before work no more\n"
          : "rotated " + name + ": links of before work until " + ends.getLast() + "\n";
    }
  }

  @Command(
      name = "revoke",
      description = "Takes a secret away for ever, and cuts its connections.",
      mixinStandardHelpOptions = true)
  static final class Revoke implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(paramLabel = "NAME", description = "The secret.")
    private String name = "";

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) -> {
            JsonObject answer = api.delete(path(name)).body();
            Access.remove(Access.fileIn(state, name));
            options.print(
                answer, "revoked " + name + ": its connections are cut, its links work no more\n");
          });
    }
  }

  @Command(
      name = "link",
      description = {
        "Shows a secret's links and QR codes, one for each node.",
        "On a terminal only; elsewhere it names the file that has them."
      },
      mixinStandardHelpOptions = true)
  static final class Links implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(paramLabel = "NAME", description = "The secret.")
    private String name = "";

    @Override
    public Integer call() throws Exception {
      return options.run((api, state) -> new SecretLinks(options, api, state).show(name));
    }
  }

  @Command(
      name = "import",
      description = {
        "Brings in the section secrets of a configuration file: all of it or nothing.",
        "Its links go on working."
      },
      mixinStandardHelpOptions = true)
  static final class Import implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(paramLabel = "FILE", description = "With lines NAME: SECRET beneath secrets:")
    private Path file = Path.of("");

    @Override
    public Integer call() throws Exception {
      JsonObject secrets = new JsonObject();
      for (NamedSecret named : SecretsFile.read(file)) {
        secrets.put(named.name(), named.secret().toHex());
      }
      JsonObject body = new JsonObject().put("secrets", secrets);
      return options.run(
          (api, state) -> {
            JsonObject answer;
            try (Progress progress = options.progress()) {
              answer =
                  progress.during(
                      "importing " + secrets.size() + " secrets",
                      () -> api.post("/imports", body).body());
            }
            options.print(answer, "imported " + secrets.size() + " secrets\n");
          });
    }
  }
}
