package io.doppelfleet.launcher.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;

/**
 * The directory that is one node's own: mode 0700, its files 0600, held by a lock while the node
 * runs.
 */
public final class StateDirectory implements AutoCloseable {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");
  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY_MODE =
      PosixFilePermissions.asFileAttribute(OWNER_ONLY);
  private static final FileAttribute<Set<PosixFilePermission>> FILE_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path path;
  private final FileChannel lock;

  private StateDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Where state is kept when nothing is configured: {@code $STATE_DIRECTORY} (systemd gives it, one
   * or several parted by colons), {@code $XDG_STATE_HOME/doppelfleet}, or {@code
   * ~/.local/state/doppelfleet}.
   */
  public static Path byDefault(Map<String, String> environment, Path home) {
    String ofSystemd = environment.getOrDefault("STATE_DIRECTORY", "");
    if (!ofSystemd.isEmpty()) {
      return Path.of(ofSystemd.split(":", 2)[0]);
    }
    String ofXdg = environment.getOrDefault("XDG_STATE_HOME", "");
    return (ofXdg.isEmpty() ? home.resolve(".local/state") : Path.of(ofXdg)).resolve("doppelfleet");
  }

  /**
   * Makes the directory if need be and takes it for this process.
   *
   * @throws StateException when it can't be written, or another node has it
   */
  public static StateDirectory open(Path path) throws StateException {
    try {
      make(path);
      return new StateDirectory(path, locked(path));
    } catch (IOException e) {
      throw new StateException(
          "the state directory "
              + path
              + " can't be used; set \"state\" to a directory that this user can write",
          e);
    }
  }

  /**
   * Makes a directory of mode 0700 if need be, and takes others' rights where there is one.
   *
   * @throws IOException when that can't be
   */
  public static void make(Path path) throws IOException {
    if (path.getParent() != null) {
      Files.createDirectories(path.getParent());
    }
    try {
      Files.createDirectory(path, DIRECTORY_MODE);
    } catch (FileAlreadyExistsException e) {
      Files.setPosixFilePermissions(path, OWNER_ONLY);
    }
  }

  /**
   * A file that keeps a secret is of no use where others could have read it.
   *
   * @throws IOException when it isn't there, or can't be looked at
   * @throws StateException that says how it is mended
   */
  public static void refuseOthers(Path file) throws IOException, StateException {
    if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
      throw new StateException(file + " is open to other users: chmod 600 " + file);
    }
  }

  /**
   * Whether a node runs with this state directory now.
   *
   * @throws StateException when that can't be told
   */
  public static boolean isHeld(Path path) throws StateException {
    try (FileChannel channel = FileChannel.open(path.resolve("lock"), StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new StateException(
          "the state directory " + path + " can't be looked at: run this as the node's user", e);
    }
  }

  private static FileChannel locked(Path path) throws IOException, StateException {
    FileChannel channel =
        FileChannel.open(
            path.resolve("lock"),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            FILE_MODE);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new StateException(
          "another node runs with the state directory "
              + path
              + ": stop it, or set \"state\" to a directory of this node's own");
    }
    return channel;
  }

  /** Its path. */
  public Path path() {
    return path;
  }

  /**
   * Writes a file of mode 0600, so that a reader, or a power cut, meets the old one or the new one
   * whole.
   */
  static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** The same with bytes. */
  static void write(Path file, byte[] content) throws IOException {
    Path temporary =
        Files.createTempFile(file.getParent(), file.getFileName().toString(), ".tmp", FILE_MODE);
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Lets another node have it. */
  @Override
  public void close() throws StateException {
    try {
      lock.close();
    } catch (IOException e) {
      throw new StateException("the state directory " + path + " can't be let go", e);
    }
  }
}
