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

  /** In the state directory, without what a process left that ended in between. */
  static Path directory(Path state) throws IOException {
    Path directory = state.resolve("lists");
    Files.createDirectories(directory, OWNERS_DIRECTORY);
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, "*" + TEMPORARY)) {
      for (Path each : left) {
        Files.deleteIfExists(each);
      }
    }
    return directory;
  }

  /** An empty file, which is the caller's to delete. */
  static Path temporary(Path directory) throws IOException {
    return Files.createTempFile(directory, "list", TEMPORARY, OWNERS_FILE);
  }
}
