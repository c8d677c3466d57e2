package io.doppelfleet.launcher.screen;

import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whether somebody looks on. What goes elsewhere may be kept by whoever reads it. */
public final class Terminal {
  /** By tty(4) each process's own. */
  private static final Path CONTROLLING = Path.of("/dev/tty");

  private Terminal() {}

  /** True where both standard input and standard output are a terminal. */
  public static boolean isThere() {
    return console().isPresent();
  }

  /**
   * True where the process belongs to somebody's terminal, wherever its output goes, and is told by
   * SIGHUP that this was closed.
   */
  public static boolean controls() {
    try (InputStream terminal = Files.newInputStream(CONTROLLING)) {
      return terminal != null;
    } catch (IOException e) { // "no such device or address" of who has none
      return false;
    }
  }

  /** Where somebody can be asked; empty unless both standard input and output are a terminal. */
  @SuppressWarnings("SystemConsoleNull") // JDK 25 has no console again where there is no terminal.
  public static Optional<Console> console() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal);
  }
}
