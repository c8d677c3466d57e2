package io.doppelfleet.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.launcher.config.Configuration;
import io.doppelfleet.launcher.config.ConfigurationSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that changes beneath a node. */
class ReloadTest {
  private static final String ALICE = "alice: ee00112233445566778899aabbccddeeff612e6263";
  private static final String BOB = "bob: ee10112233445566778899aabbccddeeff612e6263";
  private static final String ELSEWHERE = "bob: ee10112233445566778899aabbccddeeff642e6566";

  @TempDir Path directory;
  private final List<List<String>> taken = new ArrayList<>();
  private Path file = Path.of("c.yaml");
  private int writes;

  private Reload started(String... lines) throws Exception {
    file = directory.resolve("c.yaml");
    write(lines);
    Configuration configuration = ConfigurationSource.read(file, directory);
    return new Reload(
        file,
        () -> ConfigurationSource.read(file, directory),
        configuration,
        secrets -> taken.add(secrets.stream().map(NamedSecret::name).toList()));
  }

  private void write(String... lines) throws Exception {
    Files.writeString(file, String.join("\n", lines));
    // Each has a time of its own, however coarse the file system's clock.
    Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(++writes)));
  }

  @Test
  void otherSecretsAreTakenOnceTheFileStays() throws Exception {
    Reload reload = started("secrets:", "  " + ALICE);
    reload.look();
    write("secrets:", "  " + ALICE, "  " + BOB);
    reload.look();
    assertThat(taken).as("somebody may still write it").isEmpty();
    reload.look();
    assertThat(taken).containsExactly(List.of("alice", "bob"));
    reload.look();
    write("secrets:", "  " + BOB);
    reload.look();
    reload.look();
    assertThat(taken).containsExactly(List.of("alice", "bob"), List.of("bob"));
  }

  @Test
  void whoAsksHasItTakenAtOnceAndOnlyOnce() throws Exception {
    Reload reload = started("secrets:", "  " + ALICE);
    write("secrets:", "  " + BOB);
    reload.take();
    reload.take();
    reload.look();
    reload.look();
    assertThat(taken).containsExactly(List.of("bob"));
  }

  @Test
  void aFileWithAMistakeOrWithoutSecretsOrThatIsGoneChangesNothing() throws Exception {
    Reload reload = started("secrets:", "  " + ALICE);
    for (String wrong : new String[] {"secrets: {bob: ee0}", "secret: x", "role: [", ""}) {
      write(wrong);
      reload.look();
      reload.look();
      reload.take();
    }
    Files.delete(file);
    reload.look();
    reload.look();
    reload.take();
    assertThat(taken).isEmpty();
    write("secrets:", "  " + BOB);
    reload.look();
    reload.look();
    assertThat(taken).as("and what is right again is taken").containsExactly(List.of("bob"));
  }

  @Test
  void secretsThatWouldBeAnotherCoverWaitForTheNextStart() throws Exception {
    Reload reload = started("secrets:", "  " + ALICE);
    write("secrets:", "  " + ELSEWHERE);
    reload.take();
    assertThat(taken).isEmpty();
    reload = started("proxy: {cover: {host: a.bc}}", "secrets:", "  " + ALICE);
    write("proxy: {cover: {host: a.bc}}", "secrets:", "  " + ALICE, "  " + ELSEWHERE);
    reload.take();
    assertThat(taken).containsExactly(List.of("alice", "bob"));
  }

  @Test
  void secretsAreTakenBesideWhatWaits() throws Exception {
    Reload reload = started("secrets:", "  " + ALICE);
    write("proxy: {loops: 7}", "secrets:", "  " + ALICE, "  " + BOB);
    reload.take();
    assertThat(taken).containsExactly(List.of("alice", "bob"));
  }
}
