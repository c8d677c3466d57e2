package io.doppelfleet.e2e;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where npm put the real clients. Surefire runs tests in the module's directory. */
final class NodeModules {
  private static final Path DIRECTORY = Path.of("node_modules");

  private NodeModules() {}

  /** A file of an installed package. */
  static Path file(String path) {
    Path file = DIRECTORY.resolve(path);
    if (!Files.exists(file)) {
      throw new AssertionError(
          file + " is missing: run npm ci in the directory e2e (./check does)");
    }
    return file.toAbsolutePath();
  }
}
