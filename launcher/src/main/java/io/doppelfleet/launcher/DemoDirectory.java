package io.doppelfleet.launcher;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Where a demo has its files: of this user alone, and gone when the process is, unless by SIGKILL.
 */
final class DemoDirectory implements AutoCloseable {
  private final Path path;

  private DemoDirectory(Path path) {
    this.path = path;
  }

  /**
   * A new one.
   *
   * @throws IOException when the directory for temporary files can't be written
   */
  static DemoDirectory make() throws IOException {
    // Java gives it mode 0700. A Unix socket's path has 108 bytes: its name is short.
    DemoDirectory made = new DemoDirectory(Files.createTempDirectory("doppelfleet-demo"));
    Runtime.getRuntime().addShutdownHook(new Thread(made::close, "demo-directory"));
    return made;
  }

  Path path() {
    return path;
  }

  /**
   * Takes it away with all that is in it, if it is there; what another thread just took is gone.
   */
  @Override
  public void close() {
    try {
      if (Files.exists(path)) {
        Files.walkFileTree(path, new Remover());
      }
    } catch (IOException e) {
      throw new IllegalStateException(path + " can't be removed: " + e.getMessage(), e);
    }
  }

  private static final class Remover extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes of) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException gone) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException cut)
        throws IOException {
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
