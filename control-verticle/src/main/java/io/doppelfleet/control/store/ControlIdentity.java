package io.doppelfleet.control.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * By what a control is known to be the same at each of its starts, where several use one store: a
 * file with the line {@value #FORMAT} and one of 32 hex digits. It is no secret.
 */
final class ControlIdentity {
  private static final String FORMAT = "doppelfleet-control 1";
  private static final int BYTES = 16;

  private ControlIdentity() {}

  /**
   * What the file has; it is made where there is none.
   *
   * @param file in a directory that is this control's own
   * @return 32 hex digits
   * @throws StoreException where it is spoilt (it stays as it is), or can't be read or made
   */
  static String in(Path file, RandomGenerator random) throws StoreException {
    try {
      return parsed(file, Files.readAllLines(file));
    } catch (NoSuchFileException e) {
      return made(file, random);
    } catch (IOException e) {
      throw new StoreException("the control's identity can't be read from " + file, e);
    }
  }

  private static String made(Path file, RandomGenerator random) throws StoreException {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String identity = HexFormat.of().formatHex(bytes);
    try {
      Path directory = file.toAbsolutePath().getParent();
      Path whole = Files.createTempFile(directory, "control", ".tmp");
      Files.writeString(
          whole,
          FORMAT + "\n" + identity + "\n",
          StandardOpenOption.WRITE,
          StandardOpenOption.SYNC);
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel names = FileChannel.open(directory)) {
        names.force(true); // the store has its number for good
      }
    } catch (IOException e) {
      throw new StoreException("the control's identity can't be kept in " + file, e);
    }
    return identity;
  }

  private static String parsed(Path file, List<String> lines) throws StoreException {
    if (lines.size() != 2
        || !lines.getFirst().equals(FORMAT)
        || !lines.getLast().matches("[0-9a-f]{" + 2 * BYTES + "}")) {
      throw new StoreException(
          file
              + " isn't \""
              + FORMAT
              + "\" and a line of 32 hex digits: put it back from a copy, or move it away, and this"
              + " control is another one to its store");
    }
    return lines.getLast();
  }
}
