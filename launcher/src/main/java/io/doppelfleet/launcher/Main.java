package io.doppelfleet.launcher;

import io.doppelfleet.launcher.command.AccountCommand;
import io.doppelfleet.launcher.command.AuditCommand;
import io.doppelfleet.launcher.command.BanCommand;
import io.doppelfleet.launcher.command.CommandException;
import io.doppelfleet.launcher.command.ContextCommand;
import io.doppelfleet.launcher.command.ExitStatus;
import io.doppelfleet.launcher.command.FleetKeyCommand;
import io.doppelfleet.launcher.command.ListCommand;
import io.doppelfleet.launcher.command.NodeCommand;
import io.doppelfleet.launcher.command.RevisionCommand;
import io.doppelfleet.launcher.command.SecretCommand;
import io.doppelfleet.launcher.command.SettingsCommand;
import io.doppelfleet.launcher.command.StatusCommand;
import io.doppelfleet.launcher.command.TokenCommand;
import io.doppelfleet.launcher.command.TrafficCommand;
import io.doppelfleet.launcher.config.ConfigurationException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;

/** {@code ./doppelfleet}: without a command a node that needs no configuration. */
@Command(
    name = "doppelfleet",
    description = {
      "An MTProto proxy for Telegram whose traffic looks like its cover web site's.",
      "Without a command: runs a node that needs no configuration."
    },
    versionProvider = Main.Version.class,
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit status, of each command:%n")
public final class Main implements Callable<Integer> {
  private static final String COMPLETION = "completion";

  /** By their names, in the help's order. */
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("run", RunCommand.class);
    COMMANDS.put("access", AccessCommand.class);
    COMMANDS.put("doctor", DoctorCommand.class);
    COMMANDS.put("demo", DemoCommand.class);
    COMMANDS.put("status", StatusCommand.class);
    COMMANDS.put("secret", SecretCommand.class);
    COMMANDS.put("ban", BanCommand.class);
    COMMANDS.put("list", ListCommand.class);
    COMMANDS.put("settings", SettingsCommand.class);
    COMMANDS.put("revision", RevisionCommand.class);
    COMMANDS.put("traffic", TrafficCommand.class);
    COMMANDS.put("node", NodeCommand.class);
    COMMANDS.put("account", AccountCommand.class);
    COMMANDS.put("token", TokenCommand.class);
    COMMANDS.put("audit", AuditCommand.class);
    COMMANDS.put("fleet-key", FleetKeyCommand.class);
    COMMANDS.put("context", ContextCommand.class);
    COMMANDS.put(COMPLETION, CompletionCommand.class);
  }

  @Mixin private final NodeOptions node = new NodeOptions();

  private Main() {}

  /** Ends the process with the status that the help lists. */
  public static void main(String[] arguments) {
    System.exit(commandLine(arguments).execute(arguments));
  }

  /**
   * What these arguments may mean. To know all commands takes half a second of a processor, so
   * where it is plain which one is meant that one is known, and a node knows none.
   */
  static CommandLine commandLine(String... arguments) {
    CommandLine commandLine = new CommandLine(new Main());
    if (arguments.length > 0) {
      Class<?> command = COMMANDS.get(arguments[0]);
      if (command == null || arguments[0].equals(COMPLETION)) {
        COMMANDS.forEach(commandLine::addSubcommand);
      } else {
        commandLine.addSubcommand(arguments[0], command);
      }
    }
    Map<String, String> statuses = new LinkedHashMap<>();
    for (ExitStatus status : ExitStatus.values()) {
      statuses.put(Integer.toString(status.code()), status.meaning());
    }
    commandLine.getCommandSpec().usageMessage().exitCodeList(statuses);
    commandLine.setParameterExceptionHandler(
        (e, _) -> {
          CommandLine wrong = e.getCommandLine();
          wrong.getErr().println("doppelfleet: " + e.getMessage());
          wrong.getErr().println("See: ./" + wrong.getCommandSpec().qualifiedName() + " --help");
          return ExitStatus.WRONG.code();
        });
    commandLine.setExecutionExceptionHandler(
        (e, failed, _) -> {
          failed.getErr().println(e.getMessage());
          return statusOf(e).code();
        });
    commandLine.setExecutionStrategy(Main::execute);
    return commandLine;
  }

  private static ExitStatus statusOf(Exception e) {
    return switch (e) {
      case ConfigurationException _ -> ExitStatus.WRONG;
      case CommandException command -> command.status();
      default -> ExitStatus.FAILED;
    };
  }

  /** An option of the node before the name of a command would be heard by nobody. */
  private static int execute(CommandLine.ParseResult result) {
    if (result.hasSubcommand() && !result.matchedOptions().isEmpty()) {
      String option = result.matchedOptions().getFirst().longestName();
      String command = result.subcommand().commandSpec().name();
      throw new CommandLine.ParameterException(
          result.commandSpec().commandLine(),
          option + " stands before " + command + ": write " + command + " " + option);
    }
    return new CommandLine.RunLast().execute(result);
  }

  @Override
  public Integer call() throws Exception {
    node.run();
    return 0;
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
