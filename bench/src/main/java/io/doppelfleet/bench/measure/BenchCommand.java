package io.doppelfleet.bench.measure;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the benches' commands have in common: mixed into each of them. */
public final class BenchCommand {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = "--quick",
      description = "Little of everything: it shows that all works, its figures say nothing.")
  private boolean quick;

  /** Ends the process with what the bench says, with 1 when it fails, with 2 when misused. */
  public static void run(Callable<Integer> bench, String[] arguments) {
    System.setProperty("logback.configurationFile", "io/doppelfleet/bench/log.xml");
    CommandLine commandLine = new CommandLine(bench).setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExecutionExceptionHandler(
        (e, failed, parsed) -> {
          failed.getErr().println(failed.getCommandName() + ": " + e.getMessage());
          return CommandLine.ExitCode.SOFTWARE;
        });
    System.exit(commandLine.execute(arguments));
  }

  /** Whether little of everything is enough. */
  public boolean isQuick() {
    return quick;
  }

  /** The script that starts a node. */
  public static Path script() {
    return home().resolve("doppelfleet");
  }

  /** Where the script is. */
  public static Path home() {
    return Path.of(System.getProperty("doppelfleet.home", "."));
  }

  /**
   * What an option says, or is where it wasn't given.
   *
   * @param full where there is time
   * @param little where it is to be quick
   * @param most that is right; 1 is the least
   */
  public int number(String option, @Nullable Integer given, int full, int little, int most) {
    return given == null ? usual(full, little) : checked(option, given, most);
  }

  /** The same of an option that has some of them. */
  public List<Integer> numbers(
      String option,
      @Nullable List<Integer> given,
      List<Integer> full,
      List<Integer> little,
      int most) {
    if (given == null) {
      return usual(full, little);
    }
    given.forEach(value -> checked(option, value, most));
    return given;
  }

  private int checked(String option, int value, int most) {
    if (value < 1 || value > most) {
      throw wrong(option + " " + value + ": 1 to " + most + " is right");
    }
    return value;
  }

  /** One or the other. */
  public <T> T usual(T full, T little) {
    return quick ? little : full;
  }

  /** To be thrown where an option is wrong: what of it, and what would be right. */
  public ParameterException wrong(String what) {
    return new ParameterException(commandLine(), what);
  }

  /** Tells whoever waits what is done now. */
  public void progress(String what) {
    commandLine().getErr().println(what);
    commandLine().getErr().flush();
  }

  /** What was measured. */
  public void print(String text) {
    commandLine().getOut().print(text);
    commandLine().getOut().flush();
  }

  private CommandLine commandLine() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets it");
    }
    return spec.commandLine();
  }
}
