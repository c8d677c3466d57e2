package io.doppelfleet.launcher.command;

/** What a process ends with: the one place where each number is said, and what it means. */
public enum ExitStatus {
  /** What was asked for was done. */
  DONE("done, or stopped by a signal"),
  /** It may be done later, by the same words. */
  FAILED("it couldn't be done now: who should do it isn't there, had to end, or can't"),
  /** It can't be, by these words. */
  WRONG("wrong command line or configuration, or what it asks for can't be"),
  /** Others may. */
  BARRED("the token isn't good, or its role isn't enough");

  private final String meaning;

  ExitStatus(String meaning) {
    this.meaning = meaning;
  }

  /** The number. */
  public int code() {
    return ordinal();
  }

  /** For people. */
  public String meaning() {
    return meaning;
  }
}
