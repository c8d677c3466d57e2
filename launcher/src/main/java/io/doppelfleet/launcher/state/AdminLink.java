package io.doppelfleet.launcher.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The link by which the first administrator comes in, left for an operator without a terminal. */
public final class AdminLink {
  private static final String FILE = "admin-link.txt";

  private AdminLink() {}

  /** Where a control with this state directory leaves it. */
  public static Path fileIn(Path state) {
    return state.resolve(FILE);
  }

  /**
   * Leaves it in a file of mode 0600.
   *
   * @throws StateException when the file can't be written
   */
  public static void write(Path file, String link) throws StateException {
    try {
      StateDirectory.write(file, link + '\n');
    } catch (IOException e) {
      throw new StateException("the administrator's link can't be left in " + file, e);
    }
  }

  /**
   * Takes it away, if it is there.
   *
   * @throws StateException when it can't be
   */
  public static void remove(Path file) throws StateException {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new StateException(file + " can't be removed", e);
    }
  }
}
