package io.doppelfleet.launcher.screen;

import java.io.Console;

/** Whether somebody looks on. What goes elsewhere may be kept by whoever reads it. */
public final class Terminal {
  private Terminal() {}

  /** True where both standard input and standard output are a terminal. */
  @SuppressWarnings("SystemConsoleNull") // JDK 25 has no console again where there is no terminal.
  public static boolean isThere() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
