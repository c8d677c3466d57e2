package io.doppelfleet.control.store;

import io.doppelfleet.control.lock.LockFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One control's hold on an H2 file. H2 itself lets two of one process share it, and says little to
 * the second of two processes.
 */
final class Hold {
  private Hold() {}

  /**
   * Takes a store, and makes its file where there is none: names are in it for all to read, so
   * others may not.
   *
   * @param path as in the URL, without H2's ending
   * @throws StoreException where another control has it, or the directory can't be written
   */
  static LockFile of(Path path) throws StoreException {
    Path directory = path.getParent();
    if (directory == null) {
      throw new StoreException("the store's path " + path + " is no file's");
    }
    try {
      Files.createDirectories(directory);
      LockFile lock = LockFile.ofUnused(path);
      if (lock == null) {
        throw new StoreException(
            "another control has the store "
                + path
                + " open: an H2 store has one control, use PostgreSQL for more");
      }
      try {
        createFile(path.resolveSibling(path.getFileName() + ".mv.db"));
        return lock;
      } catch (IOException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new StoreException("the store " + path + " can't be opened: " + e.getMessage(), e);
    }
  }

  private static void createFile(Path file) throws IOException {
    try {
      Files.createFile(file, LockFile.OWNER_ONLY);
    } catch (FileAlreadyExistsException e) {
      // An old store.
    }
  }
}
