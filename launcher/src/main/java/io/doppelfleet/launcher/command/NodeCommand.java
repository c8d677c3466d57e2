package io.doppelfleet.launcher.command;

import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.launcher.state.IdentityFile;
import io.doppelfleet.launcher.state.LastState;
import io.doppelfleet.launcher.state.StateDirectory;
import io.doppelfleet.proxy.link.Joining;
import io.doppelfleet.proxy.link.NodeIdentity;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code ./doppelfleet node}: nodes on other machines. */
@Command(
    name = "node",
    description = "Lets nodes on other machines into the fleet, lists, drains and removes them.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      NodeCommand.Add.class,
      NodeCommand.Join.class,
      NodeCommand.ListAll.class,
      NodeCommand.Drain.class,
      NodeCommand.Remove.class
    })
public final class NodeCommand {
  private NodeCommand() {}

  @Command(
      name = "add",
      description = {
        "Prints a token, by which one machine becomes a node of this name, once.",
        "Whoever brings it first is the node: pass it on as you would a password."
      },
      mixinStandardHelpOptions = true)
  static final class Add implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(
        paramLabel = "NAME",
        description = "1 to 64 of a-z A-Z 0-9 . _ -, beginning with a letter or digit.")
    private String name = "";

    @Option(
        names = "--for",
        paramLabel = "TIME",
        converter = TimeConverter.class,
        description = "How long the token is good, like 15m or 24h; 1h unless it is said.")
    private @Nullable Duration time;

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) -> {
            JsonObject body = new JsonObject().put("name", name);
            if (time != null) {
              body.put("time", time.toSeconds());
            }
            JsonObject answer = api.post("/nodes", body).body();
            options.print(
                answer,
                "until "
                    + answer.getString("expiry")
                    + ", on the machine that is to be "
                    + name
                    + ":\n\n  ./doppelfleet node join "
                    + answer.getString("token")
                    + "\n\n");
          });
    }
  }

  @Command(
      name = "join",
      description = {
        "Makes this machine a node of a fleet, for a token of its control's node add.",
        "The key that it makes stays in the state directory; ./doppelfleet run then serves."
      },
      mixinStandardHelpOptions = true)
  static final class Join implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(
        paramLabel = "TOKEN",
        converter = TokenConverter.class,
        description = "As node add has printed it.")
    private @Nullable JoinToken token;

    @Option(names = "--replace", description = "Give up who this machine was in a fleet before.")
    private boolean replace;

    @Override
    public Integer call() throws Exception {
      options.refuseElsewhere();
      JoinToken brought = token;
      if (brought == null) {
        throw CommandException.wrong("the token is missing");
      }
      SecureRandom random = new SecureRandom();
      try (StateDirectory state = StateDirectory.open(options.state())) {
        IdentityFile file = new IdentityFile(state.path());
        if (file.exists() && !replace) {
          throw CommandException.wrong(
              "this machine is a node already, "
                  + file.read().name()
                  + ": --replace gives that up, after it was removed");
        }
        NodeIdentity identity = joined(brought, random);
        new LastState(state.path(), identity.seal().bytes(), random).forget();
        file.write(identity);
        options.print(
            new JsonObject()
                .put("name", identity.name())
                .put("control", identity.control().toString()),
            "this machine is the node "
                + identity.name()
                + " now: start it with ./doppelfleet run, and role: proxy in its configuration\n");
        options.out().flush();
      }
      return 0;
    }

    private static NodeIdentity joined(JoinToken token, SecureRandom random)
        throws CommandException {
      Vertx vertx =
          Vertx.vertx(
              new VertxOptions()
                  .setEventLoopPoolSize(1)
                  .setWorkerPoolSize(1)
                  .setInternalBlockingPoolSize(1));
      try {
        return Joining.join(vertx, token, random).await();
      } catch (Exception e) { // await() throws checked ones too
        throw CommandException.failed(String.valueOf(e.getMessage()));
      } finally {
        vertx.close().await();
      }
    }

    /** Its errors don't repeat the token. */
    static final class TokenConverter implements ITypeConverter<JoinToken> {
      @Override
      public JoinToken convert(String value) {
        try {
          return JoinToken.parse(value);
        } catch (IllegalArgumentException e) {
          throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
      }
    }
  }

  @Command(
      name = "list",
      description = "Lists the nodes on other machines: which are linked, which revision they run.",
      mixinStandardHelpOptions = true)
  static final class ListAll implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) -> {
            JsonObject body = api.get("/nodes").body();
            Table table = new Table("NAME", "LINK", "REVISION", "CLIENTS", "SERVER", "");
            for (Object each : body.getJsonArray("nodes")) {
              JsonObject node = (JsonObject) each;
              table.row(
                  node.getString("name"),
                  Nodes.link(node),
                  Nodes.revision(node),
                  node.containsKey("clients") ? node.getInteger("clients").toString() : "-",
                  node.getString("server", "-"),
                  Nodes.warning(node));
            }
            options.print(
                body,
                "revision "
                    + body.getLong("revision")
                    + "\n\n"
                    + table.text("no node has joined: ./doppelfleet node add NAME"));
          });
    }
  }

  @Command(
      name = "drain",
      description = {
        "Ends a node when its clients have finished: who comes meanwhile meets its cover site.",
        "It stays in the fleet: start it again to serve. node list shows how many clients are left."
      },
      mixinStandardHelpOptions = true)
  static final class Drain implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(paramLabel = "NAME", description = "As node list shows it.")
    private String name = "";

    @Option(
        names = "--for",
        paramLabel = "TIME",
        converter = TimeConverter.class,
        description = "How long clients may take, 1h at most; 5m unless it is said.")
    private @Nullable Duration time;

    @Option(
        names = "--wait",
        description = "Until it has ended; on a terminal it says how many clients are left.")
    private boolean wait;

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) -> {
            JsonObject body = new JsonObject();
            if (time != null) {
              body.put("time", time.toSeconds());
            }
            JsonObject answer = api.post("/nodes/" + ApiClient.part(name) + "/drain", body).body();
            if (wait) {
              try (Progress progress = options.progress()) {
                new Drained(api, name, progress).await(answer.getLong("time"));
              }
              options.print(answer, name + " has ended: start it again to serve\n");
              return;
            }
            options.print(
                answer,
                name
                    + " takes no more clients; those that it has may finish for "
                    + answer.getLong("time")
                    + " s\n");
          });
    }
  }

  @Command(
      name = "remove",
      description = {
        "Ends a node's membership: its link is closed, its key never works again.",
        "It keeps nothing of the fleet, if it hears of it; rotate secrets where it was seized.",
        "Of one beside a control, node.2, that is gone for good the limited bytes that it held are free."
      },
      mixinStandardHelpOptions = true)
  static final class Remove implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Parameters(paramLabel = "NAME", description = "As node list shows it.")
    private String name = "";

    @Override
    public Integer call() throws Exception {
      return options.run(
          (api, state) ->
              options.print(
                  api.delete("/nodes/" + ApiClient.part(name)).body(),
                  "removed "
                      + name
                      + (Sender.isOwnNode(name)
                          ? ": it holds no limited bytes\n"
                          : ": its key works no more\n")));
    }
  }
}
