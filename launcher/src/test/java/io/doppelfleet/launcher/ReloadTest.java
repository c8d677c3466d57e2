package io.doppelfleet.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.launcher.config.Configuration;
import io.doppelfleet.launcher.config.ConfigurationSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that changes beneath a node. */
class ReloadTest {
  private static final String ALICE = "alice: ee00112233445566778899aabbccddeeff612e6263";
  private static final String BOB = "bob: ee10112233445566778899aabbccddeeff612e6263";
  private static final String ELSEWHERE = "bob: ee10112233445566778899aabbccddeeff642e6566";

  @TempDir Path directory;
  private final List<List<String>> taken = new CopyOnWriteArrayList<>();
  private final List<String> said = new CopyOnWriteArrayList<>();
  private Path file = Path.of("c.yaml");
  private Reload reload = new Reload(null, () -> ConfigurationSource.read(null, directory));
  private int writes;

  private Reload.Follower started(String... lines) throws Exception {
    file = directory.resolve("c.yaml");
    write(lines);
    reload = new Reload(file, () -> ConfigurationSource.read(file, directory));
    Configuration configuration = ConfigurationSource.read(file, directory);
    return reload.new Follower(configuration, true, new Taker());
  }

  private final class Taker implements Reload.Taker {
    @Override
    public void take(List<NamedSecret> secrets) {
      taken.add(secrets.stream().map(NamedSecret::name).toList());
    }

    @Override
    public void tell(String how) {
      said.add(how);
    }
  }

  /** Twice: it is taken once it stays as it is. */
  private static void look(Reload.Follower follower) {
    follower.look();
    follower.look();
  }

  private void write(String... lines) throws Exception {
    Files.writeString(file, String.join("\n", lines));
    // Each has a time of its own, however coarse the file system's clock.
    Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(++writes)));
  }

  @Test
  void otherSecretsAreTakenOnceTheFileStays() throws Exception {
    Reload.Follower follower = started("secrets:", "  " + ALICE);
    follower.look();
    write("secrets:", "  " + ALICE, "  " + BOB);
    follower.look();
    assertThat(taken).as("somebody may still write it").isEmpty();
    follower.look();
    assertThat(taken).containsExactly(List.of("alice", "bob"));
    int told = said.size();
    look(follower);
    assertThat(said).as("and read once").hasSize(told);
    write("secrets:", "  " + BOB);
    look(follower);
    assertThat(taken).containsExactly(List.of("alice", "bob"), List.of("bob"));
  }

  /** What was written between the read and the follower's begin is a change. */
  @Test
  void aChangeWhileTheNodeStartsIsNotLost() throws Exception {
    Reload.Follower follower = started("secrets:", "  " + ALICE);
    write("secrets:", "  " + BOB);
    look(follower);
    assertThat(taken).containsExactly(List.of("bob"));
  }

  @Test
  void aFileWithAMistakeOrThatIsGoneChangesNothingAndIsTriedAgain() throws Exception {
    Reload.Follower follower = started("secrets:", "  " + ALICE);
    for (String wrong : new String[] {"secrets: {bob: ee0}", "secret: x", "role: ["}) {
      write(wrong);
      look(follower);
      look(follower);
    }
    assertThat(said).as("each once").hasSize(3).allMatch(how -> how.contains("has mistakes"));
    Files.delete(file);
    look(follower);
    assertThat(taken).isEmpty();
    // What is wrong may be mended elsewhere than in the file.
    Path bind = directory.resolve("pages");
    String site = "proxy: {cover: {site: " + bind + ", certificate: c, key: k}}";
    write(site, "secrets:", "  " + BOB);
    look(follower);
    int failures = said.size();
    look(follower);
    assertThat(said).as("the same is said once").hasSize(failures);
    write("secrets:", "  " + BOB);
    look(follower);
    assertThat(taken).as("and what is right again is taken").containsExactly(List.of("bob"));
  }

  @Test
  void secretsThatWouldBeAnotherCoverWaitForTheNextStart() throws Exception {
    Reload.Follower follower = started("secrets:", "  " + ALICE);
    write("secrets:", "  " + ELSEWHERE);
    look(follower);
    // Nor with a cover that the node hasn't, in one step or in two.
    write("proxy: {cover: {host: x.y}}", "secrets:", "  " + ALICE, "  " + ELSEWHERE);
    look(follower);
    assertThat(taken).isEmpty();
    write("proxy: {cover: {host: x.y}}", "secrets:", "  " + BOB);
    look(follower);
    assertThat(taken).containsExactly(List.of("bob"));
    write("proxy: {cover: {host: x.y}}", "secrets:", "  " + ELSEWHERE);
    look(follower);
    assertThat(taken).hasSize(1);
    assertThat(said).allMatch(how -> how.contains("wait for a restart"));
  }

  @Test
  void withACoverSecretsOfAnyNameAreTakenAndWithNoneLeftNothingIs() throws Exception {
    Reload.Follower follower = started("proxy: {cover: {host: a.bc}}", "secrets:", "  " + ALICE);
    write("proxy: {cover: {host: a.bc}}", "secrets:", "  " + ALICE, "  " + ELSEWHERE);
    look(follower);
    write("proxy: {cover: {host: a.bc}}");
    look(follower);
    assertThat(taken).containsExactly(List.of("alice", "bob"));
  }

  @Test
  void secretsAreTakenBesideWhatWaits() throws Exception {
    Reload.Follower follower = started("secrets:", "  " + ALICE);
    write("proxy: {loops: 7}", "secrets:", "  " + ALICE, "  " + BOB);
    look(follower);
    assertThat(taken).containsExactly(List.of("alice", "bob"));
    assertThat(said).containsExactly("some changes wait for a restart");
  }

  @Test
  void itsThreadTakesTheFileAndNothingOnceItIsClosed() throws Exception {
    started("secrets:", "  " + ALICE);
    Configuration configuration = ConfigurationSource.read(file, directory);
    reload.begin(configuration, true, new Taker());
    write("secrets:", "  " + BOB);
    await().atMost(Duration.ofSeconds(30)).until(() -> taken.contains(List.of("bob")));
    reload.close();
    write("secrets:", "  " + ALICE);
    Thread.sleep(200);
    assertThat(taken).hasSize(1);
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("configuration"));
  }
}
