package io.doppelfleet.control.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One control's hold on an H2 file. H2 itself lets two of one process share it, and says little to
 * the second of two processes. The kernel lets go when the process ends, however that comes.
 */
final class Hold {
  private static final Logger LOG = LoggerFactory.getLogger(Hold.class);
  private static final FileAttribute<Set<PosixFilePermission>> MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /**
   * What this process holds. The kernel's lock ends with any channel that the process closes on the
   * file, so nobody here opens a second.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private Hold(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes a store, and makes its file where there is none: names are in it for all to read, so
   * others may not.
   *
   * @param path as in the URL, without H2's ending
   * @throws StoreException where another control has it, or the directory can't be written
   */
  static Hold of(Path path) throws StoreException {
    Path directory = path.getParent();
    String name = String.valueOf(path.getFileName());
    if (directory == null) {
      throw new StoreException("the store's path " + path + " is no file's");
    }
    try {
      Files.createDirectories(directory);
      Path file = directory.toRealPath().resolve(name + ".lock");
      if (!HELD.add(file)) {
        throw heldByAnother(path);
      }
      try {
        return taken(path, file, directory.resolve(name + ".mv.db"));
      } catch (IOException | StoreException e) {
        HELD.remove(file);
        throw e;
      }
    } catch (IOException e) {
      throw new StoreException("the store " + path + " can't be opened: " + e.getMessage(), e);
    }
  }

  private static Hold taken(Path path, Path file, Path database)
      throws IOException, StoreException {
    FileChannel channel =
        FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), MODE);
    try {
      if (channel.tryLock() == null) {
        throw heldByAnother(path);
      }
      createFile(database);
      return new Hold(file, channel);
    } catch (IOException | StoreException e) {
      channel.close();
      throw e;
    }
  }

  private static StoreException heldByAnother(Path path) {
    return new StoreException(
        "another control has the store "
            + path
            + " open: an H2 store has one control, use PostgreSQL for more");
  }

  private static void createFile(Path file) throws IOException {
    try {
      Files.createFile(file, MODE);
    } catch (FileAlreadyExistsException e) {
      // An old store.
    }
  }

  synchronized void close() {
    if (!channel.isOpen()) {
      return; // another may have it by now
    }
    try {
      channel.close();
    } catch (IOException e) {
      LOG.warn("the store's lock can't be let go", e);
    }
    HELD.remove(file);
  }
}
