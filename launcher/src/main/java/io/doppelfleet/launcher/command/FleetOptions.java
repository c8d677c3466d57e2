package io.doppelfleet.launcher.command;

import io.doppelfleet.launcher.config.ConfigurationException;
import io.doppelfleet.launcher.config.ConfigurationSource;
import io.doppelfleet.launcher.state.StateDirectory;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all of these commands are told, and where they write. */
final class FleetOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The node's configuration, for its state directory.")
  private @Nullable Path config;

  @Option(names = "--json", description = "Print JSON, for programs.")
  private boolean json;

  @ArgGroup(validate = false, heading = "%nOf a control elsewhere:%n")
  private final Elsewhere elsewhere = new Elsewhere();

  /** Something to do with the API. */
  interface Work {
    void with(ApiClient api, Path state) throws Exception;
  }

  /** Does it; the status to exit with. */
  int run(Work work) throws Exception {
    Path state = state();
    try (ApiClient api = new ApiClient(elsewhere.door(config, state, System.getenv()))) {
      work.with(api, state);
    } finally {
      out().flush();
    }
    return 0;
  }

  /**
   * For a command that is about this machine.
   *
   * @throws CommandException where a control elsewhere was said
   */
  void refuseElsewhere() throws CommandException {
    elsewhere.refuse();
  }

  /** The node's state directory. */
  Path state() throws ConfigurationException {
    Path byDefault =
        StateDirectory.byDefault(System.getenv(), Path.of(System.getProperty("user.home")));
    return ConfigurationSource.read(config, byDefault).state();
  }

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** How far something is that takes long. */
  Progress progress() {
    return Progress.on(spec.commandLine().getErr());
  }

  /** The JSON where that is wanted, else the text. */
  void print(JsonObject body, String text) {
    if (json) {
      out().println(body.encodePrettily());
    } else {
      out().print(text);
    }
  }

  boolean json() {
    return json;
  }
}
