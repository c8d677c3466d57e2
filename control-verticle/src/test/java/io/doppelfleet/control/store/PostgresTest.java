package io.doppelfleet.control.store;

import static io.doppelfleet.control.store.Examples.ban;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NodeName;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is so with a store that more than one control uses. */
@Timeout(120)
class PostgresTest {
  /** Longer than it takes to be sure of it, and less than a statement may take. */
  private static final Duration AWAY = Duration.ofSeconds(25);

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
        one.rotateKey(EDIT);
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

  @Test
  void whatAControlWritesOrRemovesTheOtherHearsOfAlsoAfterItsConnectionBroke() throws Exception {
    Place place = Place.in(directory, Engine.POSTGRESQL);
    Intent carol = new Intent(new Maker.Owner("carol"), "unix", null);
    AtomicInteger heard = new AtomicInteger();
    try (Store one = place.open();
        Store two = place.open()) {
      two.roster()
          .invite(new NodeName("paris"), "aa", Instant.parse("2999-01-01T00:00:00Z"), carol);
      two.roster().join("aa", "bb", "192.0.2.1");
      one.listen(heard::incrementAndGet, (caller, said) -> {});
      awaitMore(heard, 0); // it listens
      two.change(EDIT, state -> state.with(ban(1)));
      awaitMore(heard, 1);
      two.roster().remove("paris", carol);
      awaitMore(heard, 2);
      int before = heard.get();
      try (Connection other = place.connection();
          Statement statement = other.createStatement()) {
        statement.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND query LIKE 'LISTEN%'");
      }
      awaitMore(heard, before); // it listens again
      two.change(EDIT, state -> state.with(ban(2)));
      awaitMore(heard, before + 1);
    }
  }

  /** Its connections are open, so nothing is known of it but that it says nothing. */
  @Test
  void aServerThatStandsStillIsAwayWithinSecondsAndThereAgainWhenItGoesOn() throws Exception {
    try (PostgresServer server = PostgresServer.start();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Place place =
          new Place(Engine.POSTGRESQL, server.newDatabase(), directory.resolve("fleet.key"));
      AtomicInteger heard = new AtomicInteger();
      try (Store store = place.open()) {
        store.listen(() -> {}, (caller, said) -> heard.incrementAndGet());
        call(store, heard);
        server.standStill();
        List<Future<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 2 * Store.CONNECTIONS; i++) {
          waiting.add(threads.submit(store::latest));
        }
        waiting.add(threads.submit(() -> call(store, heard)));
        for (Future<?> each : waiting) {
          assertThat(each).failsWithin(AWAY).withThrowableThat().havingRootCause();
        }
        long begin = System.nanoTime();
        for (int i = 0; i < 100; i++) {
          assertThatExceptionOfType(StoreException.class)
              .isThrownBy(store::latest)
              .withMessage("the present state can't be read: the store can't be reached");
        }
        assertThat(System.nanoTime() - begin).isLessThan(Duration.ofSeconds(5).toNanos());
        server.goOn();
        await()
            .atMost(Duration.ofSeconds(20))
            .ignoreExceptionsInstanceOf(StoreException.class)
            .until(() -> store.latest().revision() == 1);
        call(store, heard);
      }
    }
  }

  private static Void call(Store store, AtomicInteger heard) throws Exception {
    int before = heard.get();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              store.calls().call("1.1", List.of(new byte[1]));
              return heard.get() > before;
            });
    return null;
  }

  private static void awaitMore(AtomicInteger heard, int than) {
    await().atMost(Duration.ofSeconds(20)).until(() -> heard.get() > than);
  }

  @Test
  void aRevisionThatSomebodyPutsThereWithoutTheLockIsAConflict() throws Exception {
    Place place = Place.in(directory, Engine.POSTGRESQL);
    try (Store store = place.open();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Connection other = place.connection();
        Statement statement = other.createStatement()) {
      FleetState seen = store.latest();
      other.setAutoCommit(false);
      statement.execute("INSERT INTO revision SELECT 2, written_at, '', '', '', '' FROM revision");
      Future<Outcome> outcome = threads.submit(() -> store.write(seen.with(ban(1)).at(2), EDIT));
      awaitWaiting(statement);
      other.commit();
      assertThat(outcome.get()).isEqualTo(new Outcome.Conflict(1, 2));
    }
  }

  /** Until another of this database waits for a lock. */
  private static void awaitWaiting(Statement statement) throws Exception {
    boolean waits = false;
    while (!waits) {
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT COUNT(*) FROM pg_stat_activity"
                  + " WHERE datname = current_database() AND wait_event_type = 'Lock'")) {
        rows.next();
        waits = rows.getLong(1) > 0;
      }
      // Within a transaction it would go on seeing what it saw first.
      statement.execute("SELECT pg_stat_clear_snapshot()");
    }
  }

  private static void copy(Path from, Path to) throws Exception {
    Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
  }
}
