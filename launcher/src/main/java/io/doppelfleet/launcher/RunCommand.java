package io.doppelfleet.launcher;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./doppelfleet run}: a node, until a signal ends it. */
@Command(
    name = "run",
    description = "Runs what the configuration says, until SIGTERM or SIGINT.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  @Mixin private final NodeOptions node = new NodeOptions();

  @Override
  public Integer call() throws Exception {
    node.run();
    return 0;
  }
}
