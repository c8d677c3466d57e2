package io.doppelfleet.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./doppelfleet} with a Maven and a program that a test plays, in a tree of its own. */
@Timeout(120)
final class ScriptTest {
  private static final List<String> TOOLS = List.of("grep", "readlink");
  private static final String BUILD = "-q -B -DskipTests -pl launcher -am package";
  private static final String BUILDING = "doppelfleet: nothing is built yet; building";

  @TempDir Path directory;
  private Path script;
  private Path bin;
  private Path asked;

  @BeforeEach
  void make() throws Exception {
    script = Files.copy(Launched.SCRIPT, directory.resolve("doppelfleet"));
    Path launcher = Files.createDirectory(directory.resolve("launcher"));
    Files.copy(Launched.SCRIPT.resolveSibling("launcher/jdk.sh"), launcher.resolve("jdk.sh"));
    bin = Files.createDirectory(directory.resolve("bin"));
    for (String tool : TOOLS) {
      Files.createSymbolicLink(bin.resolve(tool), Path.of("/usr/bin").resolve(tool));
    }
    asked = directory.resolve("asked");
  }

  @Test
  void whereNothingIsBuiltItBuildsOnceAndThenRunsWithItsArguments() throws Exception {
    program();
    maven(
        "echo \"$*\" >> asked",
        "echo noise",
        "/bin/mkdir launcher/target",
        "/bin/mv program.jar launcher/target/doppelfleet.jar");
    try (Launched first = launch("secret", "add", "a b")) {
      assertThat(first.exitStatus()).as(first.err()).isZero();
      assertThat(first.out()).endsWith(" [secret, add, a b]\n").hasLineCount(1);
      assertThat(first.err()).startsWith(BUILDING).endsWith("\nnoise\n");
    }
    try (Launched second = launch()) {
      assertThat(second.exitStatus()).as(second.err()).isZero();
      assertThat(second.out()).endsWith(" []\n");
      assertThat(second.err()).isEmpty();
    }
    assertThat(Files.readAllLines(asked)).containsExactly(BUILD);
  }

  @Test
  void aBuildThatFailsEndsItAndTheNextStartTriesAgain() throws Exception {
    maven("echo \"$*\" >> asked", "exit 3");
    for (int start = 1; start <= 2; start++) {
      try (Launched launched = launch()) {
        assertThat(launched.exitStatus()).isEqualTo(1);
        assertThat(launched.out()).isEmpty();
        assertThat(launched.err())
            .startsWith(BUILDING)
            .endsWith("\ndoppelfleet: the build failed\n");
      }
    }
    assertThat(Files.readAllLines(asked)).containsExactly(BUILD, BUILD);
  }

  @Test
  void withoutMavenAndABuildItSaysWhatToInstall() throws Exception {
    try (Launched launched = launch()) {
      assertThat(launched.exitStatus()).isEqualTo(1);
      assertThat(launched.err())
          .isEqualTo("doppelfleet: Maven is missing, and nothing is built yet: install maven\n");
    }
  }

  @Test
  void aSignalForTheScriptIsTheProgramsAndSoIsItsStatus() throws Exception {
    program();
    Path target = Files.createDirectory(directory.resolve("launcher/target"));
    Files.move(directory.resolve("program.jar"), target.resolve("doppelfleet.jar"));
    try (Launched launched = launch("wait")) {
      launched.awaitOut("[wait]\n");
      launched.terminate();
      assertThat(launched.exitStatus()).as(launched.err()).isEqualTo(Program.ENDED);
      long program = Long.parseLong(launched.out().split(" ", 2)[0]);
      assertThat(ProcessHandle.of(program).filter(ProcessHandle::isAlive)).isEmpty();
    }
  }

  private Launched launch(String... arguments) throws IOException {
    Map<String, String> environment =
        Map.of("PATH", bin.toString(), "JAVA_HOME", System.getProperty("java.home"));
    String[] command = new String[arguments.length + 2];
    command[0] = "/bin/sh";
    command[1] = script.toString();
    System.arraycopy(arguments, 0, command, 2, arguments.length);
    return Launched.command(directory, environment, List.of(command));
  }

  private void maven(String... lines) throws IOException {
    Path maven = Files.writeString(bin.resolve("mvn"), "#!/bin/sh\n" + String.join("\n", lines));
    Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwx------"));
  }

  /** What a build would make. */
  private void program() throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Program.class.getName());
    String entry = Program.class.getName().replace('.', '/') + ".class";
    try (InputStream code = Program.class.getResourceAsStream("/" + entry);
        JarOutputStream jar =
            new JarOutputStream(
                Files.newOutputStream(directory.resolve("program.jar")), manifest)) {
      jar.putNextEntry(new JarEntry(entry));
      Objects.requireNonNull(code).transferTo(jar);
    }
  }

  /** Says its number and arguments, and ends by a signal with a status of its own. */
  static final class Program {
    static final int ENDED = 42;

    private Program() {}

    public static void main(String[] arguments) throws InterruptedException {
      if (arguments.length == 1 && arguments[0].equals("wait")) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(ENDED)));
        say(arguments);
        Thread.sleep(Duration.ofMinutes(1));
      } else {
        say(arguments);
      }
    }

    private static void say(String[] arguments) {
      System.out.println(ProcessHandle.current().pid() + " " + Arrays.toString(arguments));
    }
  }
}
