package io.doppelfleet.launcher.command;

/** Why a command did nothing, in one line for the operator. */
public final class CommandException extends Exception {
  private static final long serialVersionUID = 1;

  private final ExitStatus status;

  private CommandException(ExitStatus status, String message) {
    super(message.lines().findFirst().orElse(""));
    this.status = status;
  }

  /** The operator asked for what can't be. */
  static CommandException wrong(String message) {
    return new CommandException(ExitStatus.WRONG, message);
  }

  /** What was asked for can't be done now. */
  static CommandException failed(String message) {
    return new CommandException(ExitStatus.FAILED, message);
  }

  /** Who asks may not. */
  static CommandException barred(String message) {
    return new CommandException(ExitStatus.BARRED, message);
  }

  /** What the process ends with. */
  public ExitStatus status() {
    return status;
  }
}
