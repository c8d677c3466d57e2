package io.doppelfleet.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** This build with the minor version of Hazelcast before its own; nothing else differs. */
final class EarlierHazelcast {
  private static final Path BUILT = Path.of("..");
  private static final Path SCRIPT = Path.of("doppelfleet");
  private static final Path LIB = Path.of("launcher", "target", "lib");
  private static final Path CLUSTER = LIB.resolve("cluster");

  /** Where the build of the tests puts its jar. */
  private static final Path EARLIER = Path.of("target", "earlier");

  private EarlierHazelcast() {}

  /**
   * A command that runs its script in place of this build's.
   *
   * @param home where it is made
   */
  static List<String> under(Path home) throws IOException {
    Files.createDirectories(home.resolve(CLUSTER));
    for (Path file :
        List.of(
            SCRIPT,
            Path.of("launcher", "jdk.sh"),
            Path.of("launcher", "target", "doppelfleet.jar"))) {
      Files.copy(BUILT.resolve(file), home.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
    }
    copy(BUILT.resolve(LIB), home.resolve(LIB));
    copy(BUILT.resolve(CLUSTER), home.resolve(CLUSTER));
    try (Stream<Path> jars = Files.list(home.resolve(CLUSTER))) {
      for (Path jar : jars.filter(EarlierHazelcast::isHazelcast).toList()) {
        Files.delete(jar);
      }
    }
    copy(EARLIER, home.resolve(CLUSTER));
    return List.of("sh", "-c", "exec '" + home.resolve(SCRIPT) + "' \"$@\"");
  }

  private static boolean isHazelcast(Path jar) {
    return jar.getFileName().toString().startsWith("hazelcast-");
  }

  /** The files, but no directories. */
  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
