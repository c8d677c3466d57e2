package io.doppelfleet.control.store;

import static io.doppelfleet.control.store.Examples.ban;
import static io.doppelfleet.control.store.Examples.generation;
import static io.doppelfleet.control.store.Examples.key;
import static io.doppelfleet.control.store.Examples.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.FleetSecret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is so with a store in one file. */
@Timeout(120)
class H2Test {
  private static final Edit EDIT = new Edit("carol", "unix", "a test");

  @TempDir private Path directory;
  private Place place;

  @BeforeEach
  void place() throws Exception {
    place = Place.in(directory, Engine.H2);
  }

  @Test
  void aSecondControlOfTheSameProcessIsAClearError() throws Exception {
    try (Store store = place.open()) {
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(place::open)
          .withMessage(
              "another control has the store "
                  + directory.resolve("fleet")
                  + " open: an H2 store has one control, use PostgreSQL for more");
      store.change(EDIT, state -> state.with(ban(1)));
    }
    try (Store next = place.open()) {
      assertThat(next.latest().bans()).containsExactly(ban(1));
    }
  }

  @Test
  void aSecondControlOfAnotherProcessIsAClearError() throws Exception {
    try (Store store = place.open();
        Writer other = Writer.start(place)) {
      assertThat(other.next()).startsWith("another control has the store ");
      assertThat(other.next()).isEmpty();
      assertThat(store.change(EDIT, state -> state.with(ban(1))).revision()).isEqualTo(2);
    }
  }

  @Test
  void aTryOfTheSameProcessDoesNotLetAnotherProcessIn() throws Exception {
    try (Store store = place.open()) {
      assertThatExceptionOfType(StoreException.class).isThrownBy(place::open);
      try (Writer other = Writer.start(place)) {
        assertThat(other.next()).startsWith("another control has the store ");
      }
      assertThat(store.latest().revision()).isEqualTo(1);
    }
  }

  @Test
  void noOtherUserMayReadItsFiles() throws Exception {
    try (Store store = place.open()) {
      store.change(EDIT, state -> state.with(ban(1)));
      try (var files = Files.list(directory)) {
        for (Path file : files.toList()) {
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
              .as(file.toString())
              .isEqualTo("rw-------");
        }
      }
    }
  }

  @Test
  void aStoreThatWasFullGoesOnOnceThereIsRoom() throws Exception {
    try (Store store = place.open()) {
      int kept = 0;
      AtomicBoolean over = new AtomicBoolean();
      List<Thread> readers = new ArrayList<>();
      for (int i = 1; i < Store.CONNECTIONS; i++) {
        readers.add(Thread.ofPlatform().start(() -> readOn(store, over)));
      }
      limitFiles(String.valueOf(Files.size(directory.resolve("fleet.mv.db")) + 100_000));
      try {
        while (kept < 1000) {
          FleetSecret next = secret("s" + kept, generation(1, key(kept)));
          store.change(EDIT, state -> state.with(next));
          kept++;
        }
      } catch (StoreException e) {
        assertThat(e).hasMessageContaining("the store's file can't be used");
      } finally {
        limitFiles("unlimited");
      }
      assertThat(kept).isBetween(1, 999);
      await()
          .atMost(Duration.ofSeconds(20)) // the first may come while the last connection closes
          .ignoreExceptionsInstanceOf(StoreException.class)
          .until(() -> store.change(EDIT, state -> state.with(ban(1))).bans().size() == 1);
      over.set(true);
      for (Thread reader : readers) {
        reader.join();
      }
      assertThat(store.latest().secrets()).hasSizeBetween(kept, kept + 1);
    }
    try (Store next = place.open()) {
      assertThat(next.latest().bans()).containsExactly(ban(1));
    }
  }

  /** As nodes' reports do, whatever becomes of them. */
  private static void readOn(Store store, AtomicBoolean over) {
    while (!over.get()) {
      try {
        store.latest();
        Thread.sleep(5);
      } catch (StoreException e) {
        // It is full.
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static void limitFiles(String bytes) throws Exception {
    String process = String.valueOf(ProcessHandle.current().pid());
    Process limit =
        new ProcessBuilder("prlimit", "--pid", process, "--fsize=" + bytes + ":unlimited")
            .inheritIO()
            .start();
    assertThat(limit.waitFor()).isZero();
  }

  /** A limit on files' sizes does to the process what a full disk does. */
  @Test
  void aFullDiskIsAClearErrorAndNoRevisionIsThereByHalves() throws Exception {
    place.open().close();
    Writer.End end;
    try (Writer writer = Writer.start(place, "prlimit", "--fsize=400000")) {
      end = writer.end(1);
    }
    assertThat(end.why()).contains("the store's file can't be used").contains("File too large");
    try (Store store = place.open()) {
      assertThat(store.latest().revision()).isBetween(end.told(), end.told() + 1);
      for (long revision = 1; revision <= store.latest().revision(); revision++) {
        assertThat(store.state(revision).revision()).isEqualTo(revision);
      }
      assertThat(store.change(EDIT, state -> state.with(ban(-1 & 0xffff)))).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "jdbc:mysql://127.0.0.1/fleet", "jdbc:h2:mem:fleet", "fleet.db"})
  void anotherKindOfUrlIsAClearError(String url) {
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> Place.open(url, place.key()))
        .withMessageEndingWith(
            "\": jdbc:h2:file:PATH or jdbc:postgresql://HOST/DATABASE would be right");
    assertThat(place.key()).doesNotExist();
  }

  @Test
  void aFileThatIsNoStoreIsAClearErrorAndStaysAsItIs() throws Exception {
    Path file = directory.resolve("fleet.mv.db");
    Files.write(file, List.of("this is no store"));
    byte[] before = Files.readAllBytes(file);
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(place::open)
        .withMessageStartingWith("the store can't be opened: ");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThat(place.key()).doesNotExist();
  }
}
