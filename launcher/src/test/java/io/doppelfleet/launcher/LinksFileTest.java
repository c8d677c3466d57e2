package io.doppelfleet.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Ban;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.launcher.state.Access;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The file of links follows the keys, and nothing else. */
@Timeout(60)
class LinksFileTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final HostPort SERVER = new HostPort("192.0.2.1", 443);

  private final Vertx vertx = Vertx.vertx();
  @TempDir private Path directory;

  @AfterEach
  void end() {
    vertx.close().await();
  }

  @Test
  void itIsWrittenForNewKeysAloneAndNotForABan() throws Exception {
    Path file = Access.fileIn(directory);
    LinksFile links = new LinksFile(vertx, file, SERVER, state(1, "alice"));
    links.follow(state(1, "alice"));
    await().atMost(SOON).until(() -> Files.exists(file));
    assertThat(names()).containsExactly("alice");

    // Whoever writes it anew sets its time.
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
    Ban ban = new Ban(Prefix.parse("192.0.2.7"), "probes", "carol", null);
    links.follow(state(2, "alice").with(ban));
    Thread.sleep(1_500); // thrice as long as changes gather
    assertThat(Files.getLastModifiedTime(file).toInstant()).isEqualTo(Instant.EPOCH);

    links.follow(state(3, "alice", "bob"));
    await().atMost(SOON).until(() -> names().size() == 2);
  }

  @Test
  void afterAWriteThatFailedItIsTriedAgain() throws Exception {
    Path state = directory.resolve("away");
    LinksFile links = new LinksFile(vertx, Access.fileIn(state), SERVER, state(1, "alice"));
    links.follow(state(1, "alice"));
    Thread.sleep(1_500); // it has failed, or is yet to be tried: either will do
    Files.createDirectory(state);
    await().atMost(SOON).until(() -> Files.exists(Access.fileIn(state)));
    assertThat(Access.read(state)).hasSize(1);
  }

  @Test
  void whatCameLastIsWrittenBeforeItEndsAndNothingComesAfter() throws Exception {
    LinksFile links = new LinksFile(vertx, Access.fileIn(directory), SERVER, state(1, "alice"));
    links.follow(state(2, "alice", "bob"));
    links.end().await();
    assertThat(names()).containsExactly("alice", "bob");
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    vertx.exceptionHandler(failure::set);
    links.follow(state(3, "carol"));
    Thread.sleep(1_500); // thrice as long as changes gather
    assertThat(names()).containsExactly("alice", "bob");
    assertThat(failure.get()).isNull();
  }

  private List<String> names() throws Exception {
    return Access.read(directory).stream().map(Access::name).toList();
  }

  private static FleetState state(long revision, String... names) {
    return new FleetState(
        revision,
        List.of(names).stream()
            .map(name -> new NamedSecret(name, Secret.of(key(name), "www.example.org")))
            .toList());
  }

  private static byte[] key(String name) {
    byte[] key = new byte[Secret.KEY_LENGTH];
    key[0] = (byte) name.charAt(0);
    return key;
  }
}
