package io.doppelfleet.launcher.command;

/** Why a command did nothing, in one line for the operator. */
public final class CommandException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean usage;

  private CommandException(boolean usage, String message) {
    super(message.lines().findFirst().orElse(""));
    this.usage = usage;
  }

  /** The operator asked for what can't be. */
  static CommandException wrong(String message) {
    return new CommandException(true, message);
  }

  /** What was asked for can't be done now. */
  static CommandException failed(String message) {
    return new CommandException(false, message);
  }

  /** Whether the fault is in what was written. */
  public boolean isUsage() {
    return usage;
  }
}
