package io.doppelfleet.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code launcher/train.sh} with a node, and with what this stands between, that a test plays, in a
 * tree like the project's.
 */
@Timeout(120)
final class TrainingTest {
  private static final String CACHE = "$cache";

  private static final String WAIT = "while :; do sleep 0.05; done";

  /** What is no node ends at once, and has learnt something where it is to. */
  private static final String COMMAND =
      "[ $1 = run ] || { [ -z \"${JDK_JAVA_OPTIONS-}\" ] || echo command > \""
          + CACHE
          + "\"; exit 0; }";

  /** Where they are who come to the node, until they know its port; then they were served. */
  private static final String SERVED =
      "echo '127.0.0.1:4 5'; read -r port; cat; [ $port = 1 ] && [ -z \"${JDK_JAVA_OPTIONS-}\" ]";

  @TempDir Path directory;
  private Path script;
  private Path cache;

  @BeforeEach
  void make() throws Exception {
    Path target = Files.createDirectories(directory.resolve("launcher/target"));
    script =
        Files.copy(
            Launched.SCRIPT.resolveSibling("launcher/train.sh"), target.resolveSibling("train.sh"));
    cache = Files.writeString(target.resolve("doppelfleet.aot"), "of another build");
    Files.writeString(target.resolve("command.aot"), "of another build");
    visitors(SERVED);
  }

  @Test
  void whatTheNodeLearntIsKeptAndTheCallersEnvironmentIsNotTheNodes() throws Exception {
    node(
        "env | grep -i doppelfleet | cut -d= -f1 | sort > \"$(dirname \"$0\")/seen-$1\"",
        "[ -z \"${DOPPELFLEET_PROXY_DATACENTERS_2-}\" ] ||"
            + " echo $DOPPELFLEET_PROXY_DATACENTERS_2 $DOPPELFLEET_PROXY_COVER_PORT"
            + " > \"$(dirname \"$0\")/way\"",
        COMMAND,
        "trap '[ -z \"${JDK_JAVA_OPTIONS-}\" ] || echo whole > \"" + CACHE + "\"; exit 0' TERM",
        "echo 'listening on [127.0.0.1:1]'",
        WAIT);
    Map<String, String> callers =
        Map.of(
            "DOPPELFLEET_PROXY_LOOPS", "none",
            "DOPPELFLEET_SECRETS_alice", "hers",
            "JDK_JAVA_OPTIONS", "-Ddoppelfleet.proxy.loops=none");
    try (Launched training = train(callers)) {
      assertThat(training.exitStatus()).as(training.err()).isZero();
      assertThat(training.out() + training.err()).isEmpty();
    }
    assertThat(cache).hasContent("whole");
    assertThat(cache.resolveSibling("command.aot")).hasContent("command");
    assertThat(Files.readAllLines(directory.resolve("seen---version")))
        .containsExactly(
            "DOPPELFLEET_PROXY_COVER_HOST",
            "DOPPELFLEET_PROXY_COVER_PORT",
            "DOPPELFLEET_PROXY_LISTEN",
            "DOPPELFLEET_PROXY_PROBE_EVERY",
            "DOPPELFLEET_STATE");
    assertThat(Files.readAllLines(directory.resolve("seen-run")))
        .contains("DOPPELFLEET_CONTROL_STORE_URL");
    assertThat(directory.resolve("way")).hasContent("127.0.0.1:4 5");
    assertThat(left()).containsExactlyInAnyOrder("doppelfleet.aot", "command.aot");
  }

  @Test
  void aCacheThatCannotBeUsedIsNotKept() throws Exception {
    node(
        "[ $1 = run ] || { echo 'Unable to use AOT cache.'; exit 1; }",
        "trap 'echo whole > \"" + CACHE + "\"; exit 0' TERM",
        "echo 'listening on [127.0.0.1:1]'",
        WAIT);
    failsWith(
        """
        train.sh: what was built doesn't start with its cache; it said:
        Unable to use AOT cache.
        """);
  }

  @Test
  void aCommandThatWritesNoCacheEndsTheBuildAndItsNode() throws Exception {
    node(
        "[ $1 = run ] || { [ $1 = --version ] || echo 'no node'; exit 0; }",
        "echo $$ > \"$(dirname \"$0\")/pid\"",
        "trap '[ -z \"${JDK_JAVA_OPTIONS-}\" ] || echo whole > \"" + CACHE + "\"; exit 0' TERM",
        "echo 'listening on [127.0.0.1:1]'",
        WAIT);
    try (Launched training = train(Map.of())) {
      assertThat(training.exitStatus()).isEqualTo(1);
      assertThat(training.err())
          .isEqualTo("train.sh: the virtual machine wrote no cache; it said:\nno node\n");
    }
    long node = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> ProcessHandle.of(node).filter(ProcessHandle::isAlive).isEmpty());
    assertThat(left()).containsExactly("doppelfleet.aot");
  }

  @Test
  void aNodeThatDoesNotStartEndsTheBuildWithWhatItSaid() throws Exception {
    node("echo 'port 0 is odd' >&2", "exit 3");
    failsWith("train.sh: the node that was built doesn't start; it said:\nport 0 is odd\n");
  }

  @Test
  void aNodeThatWritesNoCacheEndsTheBuildWithWhatItSaid() throws Exception {
    node("trap 'exit 0' TERM", "echo 'listening on [127.0.0.1:1]'", WAIT);
    failsWith(
        "train.sh: the virtual machine wrote no cache; it said:\nlistening on [127.0.0.1:1]\n");
  }

  @Test
  void aNodeThatServesNobodyEndsTheBuildWithWhatTheyMet() throws Exception {
    visitors("echo '127.0.0.1:4 5'; read -r port; echo 'nobody answered' >&2; exit 1");
    node(
        "trap '[ -z \"${JDK_JAVA_OPTIONS-}\" ] || echo whole > \"" + CACHE + "\"; exit 0' TERM",
        "echo 'listening on [127.0.0.1:1]'",
        WAIT);
    failsWith(
        """
        train.sh: the node that was built doesn't serve its clients; it said:
        listening on [127.0.0.1:1]
        nobody answered
        """);
  }

  @Test
  void aNodeWithoutAPortEndsTheBuild() throws Exception {
    node("trap 'exit 0' TERM", "echo 'listening on [unix:1]'", WAIT);
    failsWith("train.sh: the node that was built names no port; it said:\nlistening on [unix:1]\n");
  }

  @Test
  void nobodyToVisitTheNodeEndsTheBuild() throws Exception {
    visitors("echo 'no port is free' >&2; exit 1");
    node(WAIT);
    failsWith("train.sh: nobody can visit the node that was built; it said:\nno port is free\n");
  }

  @Test
  void halfACacheIsNone() throws Exception {
    node(
        "trap 'echo half > \"" + CACHE + "\"; echo no space left; exit 1' TERM",
        "echo 'listening on [127.0.0.1:1]'",
        WAIT);
    failsWith(
        """
        train.sh: the virtual machine wrote no cache; it said:
        listening on [127.0.0.1:1]
        no space left
        """);
  }

  @Test
  void aTrainingThatIsEndedTakesItsNodeAndItsVisitorsAlong() throws Exception {
    String visited = "\"$(dirname \"$0\")/../../visited\"";
    visitors("echo '127.0.0.1:4 5'; read -r port; echo $$ > " + visited + "; " + WAIT);
    node("echo $$ > \"$(dirname \"$0\")/pid\"", "echo 'listening on [127.0.0.1:1]'", WAIT);
    try (Launched training = train(Map.of())) {
      List<Path> pids = List.of(directory.resolve("pid"), directory.resolve("visited"));
      for (Path pid : pids) {
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> Files.exists(pid) && Files.size(pid) > 0);
      }
      training.terminate();
      assertThat(training.exitStatus()).isNotZero();
      for (Path pid : pids) {
        long process = Long.parseLong(Files.readString(pid).strip());
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> ProcessHandle.of(process).filter(ProcessHandle::isAlive).isEmpty());
      }
    }
    assertThat(left()).isEmpty();
  }

  private void failsWith(String sentence) throws IOException, InterruptedException {
    try (Launched training = train(Map.of())) {
      assertThat(training.exitStatus()).isEqualTo(1);
      assertThat(training.err()).isEqualTo(sentence);
    }
    assertThat(left()).isEmpty();
  }

  private Launched train(Map<String, String> environment) throws IOException {
    return Launched.command(directory, environment, List.of("sh", script.toString()));
  }

  /** What stands in {@code launcher/target}. */
  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.list(cache.getParent())) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /** In place of the Java that runs the other process. */
  private void visitors(String line) throws IOException {
    Path java = directory.resolve("runtime/bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(java, "#!/bin/sh\n" + line + "\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
  }

  private void node(String... lines) throws IOException {
    Path node = directory.resolve("doppelfleet");
    // The path is between quotes, for directories with spaces.
    String path = "cache=${JDK_JAVA_OPTIONS-}\ncache=${cache#*=\\\"}\ncache=${cache%\\\"}\n";
    Files.writeString(node, "#!/bin/sh\n" + path + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(node, PosixFilePermissions.fromString("rwx------"));
  }
}
