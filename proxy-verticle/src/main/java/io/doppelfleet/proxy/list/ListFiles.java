package io.doppelfleet.proxy.list;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The directory where lists are kept, its owner's alone. */
final class ListFiles {
  private static final String TEMPORARY = ".tmp";
  private static final FileAttribute<Set<PosixFilePermission>> OWNERS_DIRECTORY = only("rwx------");
  private static final FileAttribute<Set<PosixFilePermission>> OWNERS_FILE = only("rw-------");

  private ListFiles() {}

  private static FileAttribute<Set<PosixFilePermission>> only(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }

  /** In the state directory; it need not be there. */
  static Path in(Path state) {
    return state.resolve("lists");
  }

  static void make(Path directory) throws IOException {
    Files.createDirectories(directory, OWNERS_DIRECTORY);
  }

  /**
   * Deletes what a process left that ended in between, and the lists that were kept for names that
   * are none any more. What isn't ours stays.
   */
  static void tidy(Path directory, Set<String> names) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, Files::isRegularFile)) {
      for (Path each : files) {
        String name = each.getFileName().toString();
        if (name.endsWith(TEMPORARY) || (!names.contains(name) && KeptFile.isOne(each))) {
          Files.deleteIfExists(each);
        }
      }
    }
  }

  /** An empty file, which is the caller's to delete. */
  static Path temporary(Path directory) throws IOException {
    return Files.createTempFile(directory, "list", TEMPORARY, OWNERS_FILE);
  }
}
