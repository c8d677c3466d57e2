package io.doppelfleet.control.seal;

import io.doppelfleet.control.lock.LockFile;
import io.doppelfleet.fleet.seal.SealException;
import io.doppelfleet.fleet.seal.SealKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * The file that holds the fleet key, mode 0600: the line {@code doppelfleet-fleet-key 1}, then 64
 * hex digits a line. It has one key, and two while the key is changed, the new one last.
 */
public final class FleetKeyFile {
  private static final String FORMAT = "doppelfleet-fleet-key 1";
  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  private final Path path;
  private final SecureRandom random;

  /**
   * The file of this path, which need not be there yet.
   *
   * @param random for new keys
   */
  public FleetKeyFile(Path path, SecureRandom random) {
    this.path = path.toAbsolutePath();
    this.random = random;
  }

  /** Its absolute path. */
  public Path path() {
    return path;
  }

  /** Whether it is there. */
  public boolean exists() {
    return Files.exists(path);
  }

  /**
   * The keys in it, oldest first.
   *
   * @throws SealException where it is not there, is spoilt, or can be read by others
   */
  public List<SealKey> read() throws SealException {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
      if (permissions.stream().anyMatch(OTHERS::contains)) {
        throw new SealException(
            "the key file "
                + path
                + " is open to other users ("
                + PosixFilePermissions.toString(permissions)
                + "): chmod 600 it");
      }
      return parsed(Files.readString(path, StandardCharsets.ISO_8859_1).lines().toList());
    } catch (NoSuchFileException e) {
      throw new SealException(
          "the key file "
              + path
              + " is missing: put it back from a copy, nothing else opens the store");
    } catch (IOException e) {
      throw new SealException("the key file " + path + " can't be read", e);
    }
  }

  private List<SealKey> parsed(List<String> lines) throws SealException {
    if (lines.isEmpty() || !lines.getFirst().equals(FORMAT)) {
      throw new SealException(
          path + " doesn't begin with \"" + FORMAT + "\": put the key file back from a copy");
    }
    List<SealKey> keys = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      if (!line.matches("[0-9a-f]{" + 2 * SealKey.LENGTH + "}")) {
        throw new SealException(
            path
                + ": line "
                + (keys.size() + 2)
                + " is not 64 hex digits: put the key file back from a copy");
      }
      keys.add(new SealKey(HexFormat.of().parseHex(line)));
    }
    if (keys.isEmpty() || keys.size() > 2) {
      throw new SealException(
          path + " has " + keys.size() + " keys: put the key file back from a copy");
    }
    return keys;
  }

  /**
   * Makes the file with a new key, where there is none; never writes over another's.
   *
   * @throws SealException where it can't be written
   */
  public void create() throws SealException {
    try {
      if (path.getParent() != null) {
        Files.createDirectories(path.getParent());
      }
      Path whole = written(List.of(newKey()));
      try {
        Files.createLink(path, whole); // unlike a move, it fails where there is one
      } catch (FileAlreadyExistsException e) {
        // Another control was first: its key is as good.
      } finally {
        Files.delete(whole);
      }
      syncDirectory();
    } catch (IOException e) {
      throw new SealException("the key file " + path + " can't be made", e);
    }
  }

  /** A key that is in no file yet. */
  SealKey newKey() {
    byte[] bytes = new byte[SealKey.LENGTH];
    random.nextBytes(bytes);
    return new SealKey(bytes);
  }

  /**
   * The right to change it, which must be had to read what is to be changed. Waits until nobody
   * else has it.
   *
   * @throws SealException where its directory can't be written
   */
  LockFile lock() throws SealException {
    try {
      return LockFile.of(path);
    } catch (IOException e) {
      throw new SealException("the key file " + path + " can't be changed", e);
    }
  }

  /**
   * Puts these keys into the file, at once or not at all, and onto the disk.
   *
   * @param keys one or two, oldest first
   * @throws SealException where it can't be written; it is then as it was
   */
  void write(List<SealKey> keys) throws SealException {
    try {
      Files.move(written(keys), path, StandardCopyOption.ATOMIC_MOVE);
      syncDirectory();
    } catch (IOException e) {
      throw new SealException("the key file " + path + " can't be written", e);
    }
  }

  /** Or a power cut takes the file's name back. */
  private void syncDirectory() throws IOException {
    try (FileChannel directory = FileChannel.open(path.getParent())) {
      directory.force(true);
    }
  }

  private Path written(List<SealKey> keys) throws IOException {
    StringBuilder text = new StringBuilder(FORMAT).append('\n');
    keys.forEach(key -> text.append(HexFormat.of().formatHex(key.bytes())).append('\n'));
    Path temporary =
        Files.createTempFile(
            path.getParent(), path.getFileName().toString(), ".tmp", LockFile.OWNER_ONLY);
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    return temporary;
  }
}
