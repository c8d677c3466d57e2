package io.doppelfleet.launcher.screen;

import java.io.Console;
import java.util.Optional;

/** Whether somebody looks on. What goes elsewhere may be kept by whoever reads it. */
public final class Terminal {
  private Terminal() {}

  /** True where both standard input and standard output are a terminal. */
  public static boolean isThere() {
    return console().isPresent();
  }

  /** Where somebody can be asked; empty unless both standard input and output are a terminal. */
  @SuppressWarnings("SystemConsoleNull") // JDK 25 has no console again where there is no terminal.
  public static Optional<Console> console() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal);
  }
}
