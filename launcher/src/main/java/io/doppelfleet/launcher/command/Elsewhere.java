package io.doppelfleet.launcher.command;

import io.doppelfleet.launcher.state.Context;
import io.doppelfleet.launcher.state.ContextFile;
import io.doppelfleet.launcher.state.ContextFile.Contexts;
import io.doppelfleet.launcher.state.StateException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which control a command asks, where that isn't this machine's. */
final class Elsewhere {
  /** The setting {@code state}, as the environment has it. */
  private static final String STATE = "DOPPELFLEET_STATE";

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Its address, like https://control.example.org:8081; with --token-file.")
  private @Nullable String url;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = {
        "Where its token is, - for standard input; asked for on a terminal unless it is said.",
        "An argument would show the token to who lists processes: none takes it."
      })
  private @Nullable Path tokenFile;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description =
          "Whose certificates to believe, PEM; those whom Java believes unless it is said.")
  private @Nullable Path authority;

  @Option(
      names = "--context",
      paramLabel = "NAME",
      description = "One of context add; the one of context use unless it is said.")
  private @Nullable String context;

  /** This user's contexts. */
  static ContextFile file() {
    return file(System.getenv());
  }

  private static ContextFile file(Map<String, String> environment) {
    return ContextFile.byDefault(environment, Path.of(System.getProperty("user.home")));
  }

  /** The one of a name. */
  static Context of(Contexts contexts, String name) throws CommandException {
    Context known = contexts.all().get(name);
    if (known == null) {
      throw CommandException.wrong(
          "there is no context \""
              + name
              + "\": "
              + (contexts.all().isEmpty()
                  ? "./doppelfleet context add makes one"
                  : String.join(", ", contexts.all().keySet()) + " would be right"));
    }
    return known;
  }

  /**
   * The control that was said, or that is used.
   *
   * @param config where it was said, this machine's is meant
   * @param state of this machine's node
   * @param environment where a state directory was said, this machine's is meant too, unless one
   *     elsewhere was said
   */
  Door door(@Nullable Path config, Path state, Map<String, String> environment)
      throws CommandException, StateException {
    String address = url;
    if (address != null) {
      if (config != null || context != null) {
        throw CommandException.wrong(
            "--url and " + (config == null ? "--context" : "--config") + ": one of them is right");
      }
      return new WebDoor(
          ControlUrl.parse(address), TokenSource.read(tokenFile), Trust.of(authority));
    }
    if (tokenFile != null || authority != null) {
      throw CommandException.wrong(
          (tokenFile != null ? "--token-file" : "--ca") + " goes with --url, which is missing");
    }
    String name = context;
    if (name != null && config != null) {
      throw CommandException.wrong("--context and --config: one of them is right");
    }
    if (config != null || (name == null && environment.containsKey(STATE))) {
      return NodeDoor.of(state);
    }
    Contexts contexts = file(environment).read();
    if (name == null) {
      name = contexts.current();
    }
    return name == null ? NodeDoor.of(state) : WebDoor.of(of(contexts, name));
  }

  /** For a command that is about this machine. */
  void refuse() throws CommandException {
    if (url != null || tokenFile != null || authority != null || context != null) {
      throw CommandException.wrong("this is about this machine: no control elsewhere is asked");
    }
  }
}
