package io.doppelfleet.launcher.state;

import io.doppelfleet.fleet.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The key that a node makes for itself where the operator names no secret. The file has it without
 * a host name: links change with the cover, the key doesn't.
 */
public final class OwnKey {
  private static final String FILE = "secret";
  private static final String FORMAT = "doppelfleet-key 1";

  private OwnKey() {}

  /**
   * The key on disk, 16 bytes; made and kept first where there is none.
   *
   * @param random must be unpredictable
   * @throws StateException when the file is spoilt (it stays as it is) or can't be read or written
   */
  public static byte[] of(StateDirectory state, RandomGenerator random) throws StateException {
    Path file = state.path().resolve(FILE);
    try {
      return parsed(file, Files.readString(file));
    } catch (NoSuchFileException e) {
      byte[] key = new byte[Secret.KEY_LENGTH];
      random.nextBytes(key);
      try {
        StateDirectory.write(file, FORMAT + "\n" + HexFormat.of().formatHex(key) + "\n");
      } catch (IOException unwritten) {
        throw new StateException("the new secret can't be kept in " + file, unwritten);
      }
      return key;
    } catch (IOException e) {
      throw new StateException("the secret can't be read from " + file, e);
    }
  }

  private static byte[] parsed(Path file, String text) throws StateException {
    List<String> lines = text.lines().toList();
    if (lines.isEmpty() || !lines.getFirst().equals(FORMAT)) {
      throw new StateException(
          file
              + " doesn't begin with \""
              + FORMAT
              + "\": put it back from a copy, or move it away to get a new secret (and new links)");
    }
    if (lines.size() != 2 || !lines.get(1).matches("[0-9a-f]{" + 2 * Secret.KEY_LENGTH + "}")) {
      throw new StateException(
          file
              + ": line 2 is not 32 hex digits and the end: put it back from a copy, or move it away"
              + " to get a new secret (and new links)");
    }
    return HexFormat.of().parseHex(lines.get(1));
  }
}
