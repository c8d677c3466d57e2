package io.doppelfleet.launcher;

import io.doppelfleet.launcher.config.ConfigurationException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code ./doppelfleet}: without a command a node that needs no configuration. */
@Command(
    name = "doppelfleet",
    description = {
      "An MTProto proxy for Telegram whose traffic looks like its cover web site's.",
      "Without a command: runs a node that needs no configuration."
    },
    subcommands = {RunCommand.class, AccessCommand.class, DoctorCommand.class},
    versionProvider = Main.Version.class,
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:done, or stopped by a signal",
      "1:the node couldn't start or had to end",
      "2:wrong command line or configuration"
    })
public final class Main implements Callable<Integer> {
  private Main() {}

  /** Ends the process with the status that the help lists. */
  public static void main(String[] arguments) {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.setParameterExceptionHandler(
        (e, _) -> {
          CommandLine wrong = e.getCommandLine();
          wrong.getErr().println("doppelfleet: " + e.getMessage());
          wrong.getErr().println("See: ./" + wrong.getCommandSpec().qualifiedName() + " --help");
          return CommandLine.ExitCode.USAGE;
        });
    commandLine.setExecutionExceptionHandler(
        (e, failed, _) -> {
          failed.getErr().println(e.getMessage());
          return e instanceof ConfigurationException
              ? CommandLine.ExitCode.USAGE
              : CommandLine.ExitCode.SOFTWARE;
        });
    System.exit(commandLine.execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    return new RunCommand().call();
  }

  /** What the build wrote into the jar. */
  static final class Version implements IVersionProvider {
    static String number() {
      String version = Main.class.getPackage().getImplementationVersion();
      return version == null ? "(not from a jar)" : version;
    }

    @Override
    public String[] getVersion() {
      return new String[] {"Doppelfleet " + number()};
    }
  }
}
