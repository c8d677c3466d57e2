package io.doppelfleet.launcher;

import io.doppelfleet.launcher.command.ExitStatus;
import io.doppelfleet.launcher.screen.FishCompletion;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./doppelfleet completion}: what a shell needs to complete our commands. */
@Command(
    name = "completion",
    description = {
      "Prints a script by which a shell completes commands and options.",
      "bash, zsh: source <(./doppelfleet completion bash); fish: ./doppelfleet completion fish | source"
    },
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
  /** Which shells there are scripts for. */
  enum Shell {
    bash,
    zsh,
    fish
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
  private Shell shell = Shell.bash;

  @Override
  public Integer call() {
    CommandLine all = spec.root().commandLine();
    PrintWriter out = spec.commandLine().getOut();
    // What is made for bash begins with what lets zsh take it.
    out.print(
        shell == Shell.fish
            ? FishCompletion.of(spec.root())
            : AutoComplete.bash(spec.root().name(), all));
    out.flush();
    return ExitStatus.DONE.code();
  }
}
