package io.doppelfleet.launcher.command;

/** What a process ends with: the one place where each number is said, and what it means. */
public enum ExitStatus {
  /** What was asked for was done. */
  DONE(0, "done, or stopped by a signal"),
  /** It may be done later, by the same words. */
  FAILED(1, "it couldn't be done now: who should do it isn't there, had to end, or can't"),
  /** It can't be, by these words. */
  WRONG(2, "wrong command line or configuration, or what it asks for can't be"),
  /** Others may. */
  BARRED(3, "the token isn't good, or its role isn't enough");

  private final int code;
  private final String meaning;

  ExitStatus(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /** The number. */
  public int code() {
    return code;
  }

  /** For people. */
  public String meaning() {
    return meaning;
  }
}
