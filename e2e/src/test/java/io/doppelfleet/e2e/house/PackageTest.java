package io.doppelfleet.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Of which JDKs {@code ./package} makes what is shipped; the JDK and Maven are a test's. */
@Timeout(60)
final class PackageTest {
  private static final String BUILDS = "package: the build failed\n";

  @TempDir Path directory;
  private Path jdk;

  @BeforeEach
  void make() throws Exception {
    for (String file : List.of("package", "pom.xml", "launcher/jdk.sh")) {
      Path copy = directory.resolve(file);
      Files.createDirectories(copy.getParent());
      Files.copy(Launched.SCRIPT.resolveSibling(file), copy);
    }
    program(directory.resolve("bin/mvn"), "exit 1");
    jdk = directory.resolve("jdk");
    program(jdk.resolve("bin/java"), "exit 1");
    program(jdk.resolve("bin/javac"), "exit 1");
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    Files.createDirectories(jdk.resolve("lib/security"));
    Files.writeString(jdk.resolve("lib/modules"), "");
    Files.writeString(jdk.resolve("lib/security/cacerts"), "its own");
    byte[] hash =
        MessageDigest.getInstance("SHA-512").digest("its own".getBytes(StandardCharsets.UTF_8));
    program(
        jdk.resolve("bin/jimage"), // extract --dir DIRECTORY
        "mkdir -p \"$3/runtimelink\"",
        "echo '1|0|00|conf/net.properties' > \"$3/runtimelink/fs_java.base_files\"",
        "echo '6|0|%s|lib/security/cacerts' >> \"$3/runtimelink/fs_java.base_files\""
            .formatted(HexFormat.of().formatHex(hash)));
  }

  private static void program(Path path, String... lines) throws IOException {
    Files.createDirectories(path.getParent());
    Files.writeString(path, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void aJdkWithTheStoreThatItCameWithIsTaken() throws Exception {
    assertThat(said()).isEqualTo(BUILDS);
  }

  @Test
  void oneThatTrustsWhomThisMachineTrustsIsRefused() throws Exception {
    Path machines = Files.writeString(directory.resolve("cacerts"), "its own, and a company's");
    Path store = jdk.resolve("lib/security/cacerts");
    Files.delete(store);
    Files.createSymbolicLink(store, machines);
    assertThat(said()).contains(store + " isn't the one", "set JAVA_HOME");
    assertThat(said("--check")).contains(store + " isn't the one", "set JAVA_HOME");
    assertThat(said("--check-here")).as("is named so that nobody ships it").isEqualTo(BUILDS);
    Files.createDirectory(jdk.resolve("jmods"));
    assertThat(said()).as("jlink has the store from there").isEqualTo(BUILDS);
  }

  @Test
  void oneThatDoesNotSayWhatItCameWithIsRefused() throws Exception {
    program(jdk.resolve("bin/jimage"), "exit 0");
    assertThat(said()).contains("isn't the one");
  }

  private String said(String... arguments) throws Exception {
    String path = directory.resolve("bin") + ":/usr/bin:/bin";
    try (Launched made =
        Launched.command(
            directory,
            Map.of("PATH", path, "JAVA_HOME", jdk.toString()),
            Stream.concat(Stream.of(directory.resolve("package").toString()), Stream.of(arguments))
                .toList())) {
      assertThat(made.exitStatus()).isEqualTo(1);
      assertThat(made.out()).isEmpty();
      return made.err();
    }
  }
}
