package io.doppelfleet.control.store;

import static io.doppelfleet.control.store.Examples.ban;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is so with a store that more than one control uses. */
@Timeout(120)
class PostgresTest {
  private static final Edit EDIT = new Edit("carol", "unix", "a test");

  @TempDir private Path directory;

  @Test
  void aServerThatIsAwayIsAClearErrorAndMakesNoKeyFile() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path key = directory.resolve("fleet.key");
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> Place.open("jdbc:postgresql://127.0.0.1:" + port + "/fleet", key))
        .withMessage("the store can't be opened: the store can't be reached");
    assertThat(key).doesNotExist();
  }

  @Test
  void aSecondControlNeedsTheKeyFileOfTheFirst() throws Exception {
    Place first = Place.in(directory, Engine.POSTGRESQL);
    Path other = directory.resolve("other.key");
    try (Store one = first.open()) {
      one.change(EDIT, state -> state.with(ban(1)));
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> Place.open(first.url(), other))
          .withMessageContaining("the key file " + other + " is missing");
      copy(first.key(), other);
      try (Store two = Place.open(first.url(), other)) {
        assertThat(two.latest()).isEqualTo(one.latest());
      }
    }
  }

  @Test
  void anotherControlGoesOnWhenItHasTheNewKeyFileAndChangesNothingBefore() throws Exception {
    Place first = Place.in(directory, Engine.POSTGRESQL);
    Path other = directory.resolve("other.key");
    try (Store one = first.open()) {
      copy(first.key(), other);
      try (Store two = Place.open(first.url(), other)) {
        one.rotateKey();
        assertThatExceptionOfType(StoreException.class)
            .isThrownBy(() -> two.change(EDIT, state -> state.with(ban(1))))
            .withMessageStartingWith("revision 2 can't be written: the store is sealed under")
            .withMessageEndingWith("put the store's own key file there");
        assertThat(one.latest().revision()).isEqualTo(1);
        copy(first.key(), other);
        assertThat(two.change(EDIT, state -> state.with(ban(1))).revision()).isEqualTo(2);
        assertThat(one.latest().bans()).containsExactly(ban(1));
      }
    }
  }

  private static void copy(Path from, Path to) throws Exception {
    Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
  }
}
