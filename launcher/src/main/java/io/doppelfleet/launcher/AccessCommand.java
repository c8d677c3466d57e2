package io.doppelfleet.launcher;

import io.doppelfleet.launcher.config.ConfigurationSource;
import io.doppelfleet.launcher.screen.Screen;
import io.doppelfleet.launcher.screen.Terminal;
import io.doppelfleet.launcher.state.Access;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./doppelfleet access}: the links and codes of the running, or the last, node. */
@Command(
    name = "access",
    description = {
      "Shows the links and QR codes of the running, or the last, node.",
      "On a terminal only; elsewhere it names the file that has them."
    },
    mixinStandardHelpOptions = true)
final class AccessCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The node's configuration, for its state directory.")
  private @Nullable Path config;

  @Override
  public Integer call() throws Exception {
    Path state = ConfigurationSource.read(config, NodeOptions.defaultState()).state();
    List<Access> all = Access.read(state);
    PrintWriter out = spec.commandLine().getOut();
    if (Terminal.isThere()) {
      all.forEach(access -> out.println(Screen.links(access)));
    } else {
      out.println("this is no terminal; the links are in " + Access.fileIn(state));
    }
    out.flush();
    return 0;
  }
}
