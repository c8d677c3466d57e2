package io.doppelfleet.control.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
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

  private final FileChannel channel;

  private Hold(FileChannel channel) {
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
      Hold hold =
          new Hold(
              FileChannel.open(
                  directory.resolve(name + ".lock"),
                  Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                  MODE));
      try {
        hold.take(path);
        createFile(directory.resolve(name + ".mv.db"));
        return hold;
      } catch (IOException | StoreException e) {
        hold.close();
        throw e;
      }
    } catch (IOException e) {
      throw new StoreException("the store " + path + " can't be opened: " + e.getMessage(), e);
    }
  }

  private void take(Path path) throws IOException, StoreException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new StoreException(
          "another control has the store "
              + path
              + " open: an H2 store has one control, use PostgreSQL for more");
    }
  }

  private static void createFile(Path file) throws IOException {
    try {
      Files.createFile(file, MODE);
    } catch (FileAlreadyExistsException e) {
      // An old store.
    }
  }

  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.warn("the store's lock can't be let go", e);
    }
  }
}
