package io.doppelfleet.launcher.command;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./doppelfleet fleet-key}: the key that the store is sealed under. */
@Command(
    name = "fleet-key",
    description = "Changes the key that the control's store is sealed under.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {FleetKeyCommand.Rotate.class})
public final class FleetKeyCommand {
  private FleetKeyCommand() {}

  @Command(
      name = "rotate",
      description = {
        "Makes a new one, under which all in the store is sealed anew while the control runs.",
        "Keep a copy of its file elsewhere, and give it to the store's other controls."
      },
      mixinStandardHelpOptions = true)
  static final class Rotate implements Callable<Integer> {
    @Mixin private final FleetOptions options = new FleetOptions();

    @Override
    public Integer call() throws Exception {
      options.refuseElsewhere();
      try (ApiClient api = ApiClient.ofNode(options.state())) {
        JsonObject key = api.post("/fleet-key/rotation", new JsonObject()).body();
        options.print(
            key,
            "the fleet key is "
                + key.getString("key")
                + " now: keep a copy of "
                + key.getString("file")
                + " elsewhere\nthe one of before opens only copies of the store of before; another"
                + " control of this store changes nothing until it has the new file\n");
      } finally {
        options.out().flush();
      }
      return ExitStatus.DONE.code();
    }
  }
}
