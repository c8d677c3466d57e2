package io.doppelfleet.launcher;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ./doppelfleet demo}: a fleet that is busy, until a signal ends it. */
@Command(
    name = "demo",
    description = {
      "Runs a fleet with a few hundred synthetic clients, on this machine and without a network.",
      "It prints where its dashboard is. Ctrl-C ends all of it and leaves nothing."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:ended by a signal", "1:it couldn't start", "2:wrong command line"})
final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    new Demo(spec.commandLine().getOut()).run();
    return 0;
  }
}
