package io.doppelfleet.launcher.command;

import io.doppelfleet.launcher.screen.Terminal;
import io.doppelfleet.launcher.state.Context;
import io.doppelfleet.launcher.state.ContextFile;
import io.doppelfleet.launcher.state.ContextFile.Contexts;
import io.doppelfleet.launcher.state.StateException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./doppelfleet context}: controls elsewhere that this user's commands ask. */
@Command(
    name = "context",
    description = {
      "Remembers controls elsewhere: their addresses, tokens, and which certificates to believe.",
      "Other commands ask the one that is used, or that of --context."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ContextCommand.Add.class,
      ContextCommand.Use.class,
      ContextCommand.ListAll.class,
      ContextCommand.Remove.class
    })
public final class ContextCommand {
  private ContextCommand() {}

  @Command(
      name = "add",
      description = {
        "Remembers a control, after it has answered, and uses it from now on.",
        "Its token then is in a file of mode 0600."
      },
      mixinStandardHelpOptions = true)
  static final class Add implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
        paramLabel = "NAME",
        description = "1 to 64 of a-z A-Z 0-9 . _ -, beginning with a letter or digit.")
    private String name = "";

    @Option(
        names = "--url",
        paramLabel = "URL",
        required = true,
        description = "Its address, like https://control.example.org:8081.")
    private String url = "";

    @Option(
        names = "--token-file",
        paramLabel = "FILE",
        description = "Where its token is, - for standard input; asked for on a terminal else.")
    private @Nullable Path tokenFile;

    @Option(
        names = "--ca",
        paramLabel = "FILE",
        description = "Whose certificates to believe, PEM; those whom Java believes else.")
    private @Nullable Path authority;

    @Option(
        names = "--fingerprint",
        paramLabel = "SHA256",
        description = "Of the one certificate to believe, whoever signed it.")
    private @Nullable String fingerprint;

    @Override
    public Integer call() throws Exception {
      if (!ContextFile.isName(name)) {
        throw CommandException.wrong(
            "the name \""
                + name
                + "\": 1 to 64 of a-z A-Z 0-9 . _ - beginning with a letter or digit are right");
      }
      String pinned = fingerprint == null ? null : PinnedCertificate.parse(fingerprint);
      if (pinned != null && authority != null) {
        throw CommandException.wrong("--ca and --fingerprint: one of them is right");
      }
      ContextFile file = Elsewhere.file();
      Contexts before = file.read();
      ControlUrl control = ControlUrl.parse(url);
      if (!control.tls() && (pinned != null || authority != null)) {
        throw CommandException.wrong("http:// has no certificate: https:// is right");
      }
      String token = TokenSource.read(tokenFile);
      Trust trust = pinned == null ? Trust.of(authority) : new Trust(null, pinned);
      if (control.tls() && pinned == null) {
        trust = new Stranger(control, trust).trust(question());
      }
      JsonObject session;
      try (ApiClient api = new ApiClient(new WebDoor(control, token, trust))) {
        session = api.get("/session").body();
      }
      Context added =
          new Context(name, control.toString(), token, trust.authority(), trust.fingerprint());
      file.write(before.with(added));
      PrintWriter out = spec.commandLine().getOut();
      out.println(
          "added "
              + name
              + ", where you are "
              + session.getString("role")
              + ": commands ask it from now on; context use says otherwise");
      out.flush();
      return ExitStatus.DONE.code();
    }

    /** Whether somebody says yes; no where nobody can be asked. */
    private static Stranger.Question question() {
      return text ->
          Terminal.console()
              .map(console -> console.readLine("%s is it? (yes or no) ", text))
              .filter("yes"::equals)
              .isPresent();
    }
  }

  @Command(
      name = "use",
      description = "Has commands ask this control; without a name, this machine's node again.",
      mixinStandardHelpOptions = true)
  static final class Use implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "As context list shows it.")
    private @Nullable String name;

    @Override
    public Integer call() throws Exception {
      ContextFile file = Elsewhere.file();
      Contexts contexts = file.read();
      if (name != null) {
        Elsewhere.of(contexts, name);
      }
      file.write(contexts.using(name));
      PrintWriter out = spec.commandLine().getOut();
      out.println("commands ask " + (name == null ? "this machine's node" : name) + " from now on");
      out.flush();
      return ExitStatus.DONE.code();
    }
  }

  @Command(
      name = "list",
      description = "Lists them; their tokens are not shown.",
      mixinStandardHelpOptions = true)
  static final class ListAll implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Print JSON, for programs.")
    private boolean json;

    @Override
    public Integer call() throws StateException {
      Contexts contexts = Elsewhere.file().read();
      Table table = new Table("NAME", "USED", "URL", "BELIEVES");
      JsonArray all = new JsonArray();
      for (Context each : contexts.all().values()) {
        boolean used = each.name().equals(contexts.current());
        String pinned = each.fingerprint();
        String believes =
            pinned != null
                ? PinnedCertificate.written(pinned).substring(0, 23) + "..."
                : each.authority() == null ? "whom Java believes" : "its own authority";
        table.row(each.name(), used ? "yes" : "", each.url(), believes);
        all.add(new JsonObject().put("name", each.name()).put("used", used).put("url", each.url()));
      }
      PrintWriter out = spec.commandLine().getOut();
      out.print(
          json
              ? new JsonObject().put("contexts", all).encodePrettily() + "\n"
              : table.text("no contexts yet: ./doppelfleet context add NAME --url URL"));
      out.flush();
      return ExitStatus.DONE.code();
    }
  }

  @Command(
      name = "remove",
      description = "Forgets a control and its token, which goes on: token revoke ends it.",
      mixinStandardHelpOptions = true)
  static final class Remove implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "NAME", description = "As context list shows it.")
    private String name = "";

    @Override
    public Integer call() throws Exception {
      ContextFile file = Elsewhere.file();
      Contexts contexts = file.read();
      Elsewhere.of(contexts, name);
      file.write(contexts.without(name));
      PrintWriter out = spec.commandLine().getOut();
      out.println("removed " + name);
      out.flush();
      return ExitStatus.DONE.code();
    }
  }
}
