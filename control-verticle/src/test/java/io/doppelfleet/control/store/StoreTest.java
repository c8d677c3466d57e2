package io.doppelfleet.control.store;

import static io.doppelfleet.control.store.Examples.HOST;
import static io.doppelfleet.control.store.Examples.LIMITS;
import static io.doppelfleet.control.store.Examples.NOON;
import static io.doppelfleet.control.store.Examples.OFFICES;
import static io.doppelfleet.control.store.Examples.SETTINGS;
import static io.doppelfleet.control.store.Examples.ban;
import static io.doppelfleet.control.store.Examples.generation;
import static io.doppelfleet.control.store.Examples.key;
import static io.doppelfleet.control.store.Examples.limited;
import static io.doppelfleet.control.store.Examples.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.doppelfleet.control.seal.FleetKeyFile;
import io.doppelfleet.control.seal.Seals;
import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.StateDiff;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a store promises, whichever engine is under it. */
@ParameterizedClass
@EnumSource(Engine.class)
@Timeout(120)
class StoreTest {
  private static final Edit EDIT = new Edit("carol", "unix", "a test");

  private final Engine engine;
  @TempDir private Path directory;
  private Place place;
  private Store store;

  StoreTest(Engine engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() throws Exception {
    place = Place.in(directory, engine);
    store = place.open();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void reopen() throws StoreException {
    store.close();
    store = place.open();
  }

  private FleetState add(Entity entity) throws StoreException {
    return store.change(EDIT, state -> state.with(entity));
  }

  @Test
  void aNewStoreBeginsWithAnEmptyStateAndAKeyFileForItsOwnerAlone() throws Exception {
    assertThat(store.latest()).isEqualTo(FleetState.of(1, List.of()));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place.key())))
        .isEqualTo("rw-------");
  }

  @Test
  void whatWasWrittenIsThereAfterAnotherStart() throws Exception {
    add(limited(secret("alice", generation(1, key(1)), generation(2, key(2))), LIMITS));
    add(ban(1));
    add(OFFICES);
    FleetState last = add(SETTINGS);
    reopen();
    assertThat(store.latest()).isEqualTo(last);
    assertThat(last.revision()).isEqualTo(5);
    assertThat(last.entities()).hasSize(4).contains(OFFICES, SETTINGS, ban(1));
  }

  @Test
  void whoHasNotSeenThePresentRevisionChangesNothingAndIsToldWhichItIs() throws Exception {
    FleetState seen = store.latest();
    FleetState present = add(ban(1));
    Outcome outcome = store.write(seen.with(ban(2)).at(2), EDIT);
    assertThat(outcome).isEqualTo(new Outcome.Conflict(1, 2));
    assertThat(outcome).hasToString("the change was made to revision 1, the present one is 2");
    assertThat(store.latest()).isEqualTo(present);
    assertThat(store.history(Long.MAX_VALUE, 10)).hasSize(2);
  }

  @Test
  void aRevisionThatIsAheadOfTheStoreIsAConflictToo() throws Exception {
    assertThat(store.write(store.latest().with(ban(1)).at(9), EDIT))
        .isEqualTo(new Outcome.Conflict(8, 1));
  }

  @Test
  void aStateThatSaysTheSameMakesNoRevision() throws Exception {
    FleetState present = add(ban(1));
    assertThat(store.write(present.at(3), EDIT)).isEqualTo(new Outcome.Unchanged(present));
    assertThat(store.change(EDIT, state -> state.with(ban(1)))).isEqualTo(present);
    assertThat(store.history(Long.MAX_VALUE, 10)).hasSize(2);
  }

  @Test
  void theHistorySaysWhoWhenWhatAndFromWhere() throws Exception {
    store.close();
    store =
        Store.open(place.url(), place.key(), Clock.fixed(NOON, ZoneOffset.UTC), new SecureRandom());
    store.change(new Edit("carol", "192.0.2.7", "probes"), state -> state.with(ban(1)));
    store.change(
        new Edit("dave", "unix", "a mistake"), state -> state.without(ban(1).kind(), ban(1).id()));
    List<Revision> history = store.history(Long.MAX_VALUE, 2);
    assertThat(history).extracting(Revision::number).containsExactly(3L, 2L);
    assertThat(history).extracting(Revision::at).containsExactly(NOON, NOON);
    assertThat(history)
        .extracting(Revision::edit)
        .containsExactly(
            new Edit("dave", "unix", "a mistake"), new Edit("carol", "192.0.2.7", "probes"));
    assertThat(store.history(2, 10)).extracting(Revision::number).containsExactly(1L);
  }

  @Test
  void anEditOfAnyLengthAndContentIsKept() throws Exception {
    store.change(new Edit("é".repeat(99), "\0", "漢\n".repeat(999)), state -> state.with(ban(1)));
    Edit kept = store.history(Long.MAX_VALUE, 1).getFirst().edit();
    assertThat(kept.author()).isEqualTo("é".repeat(64));
    assertThat(kept.origin()).isEqualTo(" ");
    assertThat(kept.what()).isEqualTo("漢 ".repeat(250));
  }

  @Test
  void anyTwoRevisionsCanBeCompared() throws Exception {
    FleetSecret alice = secret("alice", generation(1, key(1)));
    add(alice);
    add(ban(1));
    add(limited(alice, LIMITS));
    store.change(EDIT, state -> state.without(Entity.Kind.BAN, ban(1).id()));
    assertThat(store.diff(2, 4).changes())
        .containsExactly(
            new StateDiff.Change(Entity.Kind.SECRET, "alice", alice, limited(alice, LIMITS)),
            new StateDiff.Change(Entity.Kind.BAN, ban(1).id(), null, ban(1)));
    assertThat(store.diff(4, 2).changes())
        .containsExactly(
            new StateDiff.Change(Entity.Kind.SECRET, "alice", limited(alice, LIMITS), alice),
            new StateDiff.Change(Entity.Kind.BAN, ban(1).id(), ban(1), null));
    assertThat(store.diff(2, 2).isEmpty()).isTrue();
    assertThat(store.diff(5, 4)).matches(diff -> diff.from() == 5 && diff.to() == 4);
  }

  @Test
  void everyRevisionCanBeReadAgain() throws Exception {
    List<FleetState> all = new ArrayList<>(List.of(store.latest()));
    for (int i = 0; i < 20; i++) {
      all.add(i % 3 == 2 ? removed(i) : add(ban(i % 5)));
    }
    reopen();
    List<FleetState> again = new ArrayList<>();
    for (long revision : all.stream().mapToLong(FleetState::revision).toArray()) {
      again.add(store.state(revision));
    }
    assertThat(again).isEqualTo(all);
  }

  private FleetState removed(int number) throws StoreException {
    Entity ban = ban((number - 1) % 5);
    return store.change(EDIT, state -> state.without(ban.kind(), ban.id()));
  }

  @Test
  void aRevisionThatIsNotThereIsAnErrorThatSaysWhichAre() throws Exception {
    add(ban(1));
    for (long revision : new long[] {0, 3, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertThatExceptionOfType(InvalidValueException.class)
          .isThrownBy(() -> store.state(revision))
          .withMessage("revision is " + revision + ": 1 to 2 would be right");
    }
    assertThatExceptionOfType(InvalidValueException.class).isThrownBy(() -> store.restoration(3));
    assertThatExceptionOfType(InvalidValueException.class).isThrownBy(() -> store.diff(1, 3));
  }

  @Test
  void anEarlierStateComesBackAsANewRevisionWithoutItsKeys() throws Exception {
    FleetSecret alice = limited(secret("alice", generation(1, key(1))), LIMITS);
    FleetSecret bob = secret("bob", generation(1, key(2)));
    add(alice);
    add(bob);
    long past = add(ban(1)).revision();
    // Alice's key is rotated and her limits go; bob is revoked, carol comes, the ban ends.
    KeyGeneration newer = generation(2, key(3));
    add(secret("alice", newer));
    store.change(EDIT, state -> state.without(Entity.Kind.SECRET, "bob"));
    add(secret("carol", generation(1, key(4))));
    store.change(EDIT, state -> state.without(Entity.Kind.BAN, ban(1).id()));

    FleetState shown = store.restoration(past);
    Outcome outcome = store.write(shown, EDIT);

    assertThat(outcome).isEqualTo(new Outcome.Written(shown));
    assertThat(store.latest()).isEqualTo(shown);
    assertThat(shown.revision()).isEqualTo(9);
    assertThat(shown.bans()).containsExactly(ban(1));
    assertThat(shown.secrets()).extracting(FleetSecret::name).containsExactly("alice", "bob");
    assertThat(shown.secrets().getFirst()).isEqualTo(limited(secret("alice", newer), LIMITS));
    assertThat(shown.secrets().getLast().keys()).hasSize(1);
    KeyGeneration ofBob = shown.secrets().getLast().newest();
    assertThat(ofBob.generation()).isEqualTo(2);
    assertThat(ofBob.secret().host()).isEqualTo(HOST);
    assertThat(ofBob.secret().hasKeyOf(key(2))).isFalse();
  }

  @Test
  void whatWasShownIsNotRestoredWhereTheStateHasChangedSince() throws Exception {
    add(ban(1));
    add(ban(2));
    FleetState shown = store.restoration(2);
    add(ban(3));
    assertThat(store.write(shown, EDIT)).isEqualTo(new Outcome.Conflict(3, 4));
  }

  @Test
  void aKeyThatIsGoneNeverComesBack() throws Exception {
    add(secret("alice", generation(1, key(1)), generation(2, key(2))));
    add(secret("alice", generation(2, key(2))));
    refused(
        secret("alice", generation(1, key(1)), generation(2, key(2))),
        "secrets.alice.keys.1 is a generation that was used before: 3 or higher would be right");
    refused(
        secret("alice", generation(2, key(2)), generation(3, key(1))),
        "secrets.alice.keys.3 has a key that \"alice\" had before: a new key would be right");
    refused(
        secret("bob", generation(1, key(1))),
        "secrets.bob.keys.1 has a key that \"alice\" had before: a new key would be right");
    refused(
        secret("alice", generation(2, key(3))),
        "secrets.alice.keys.2 has another key than before: a new generation, 3, would be right");
    store.change(EDIT, state -> state.without(Entity.Kind.SECRET, "alice"));
    refused(
        secret("alice", generation(2, key(2))),
        "secrets.alice.keys.2 is a generation that was used before: 3 or higher would be right");
    refused(
        secret("alice", generation(1, key(9))),
        "secrets.alice.keys.1 is a generation that was used before: 3 or higher would be right");
    assertThat(add(secret("alice", generation(3, key(9)))).revision()).isEqualTo(5);
  }

  @Test
  void aGenerationThatLeavesNoneForLaterIsRefused() throws Exception {
    refused(
        secret("alice", generation(Integer.MAX_VALUE, key(1))),
        "secrets.alice.keys.2147483647 is a generation far above the last: 1 to 1000 would be"
            + " right");
    add(secret("alice", generation(1000, key(1))));
    refused(
        secret("alice", generation(2001, key(2))),
        "secrets.alice.keys.2001 is a generation far above the last: 1001 to 2000 would be right");
    assertThat(add(secret("alice", generation(2000, key(2)))).revision()).isEqualTo(3);
  }

  private void refused(FleetSecret secret, String error) throws StoreException {
    FleetState present = store.latest();
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> add(secret))
        .withMessage(error);
    assertThat(store.latest()).isEqualTo(present);
  }

  @Test
  void ofTwoWhoWriteTheSameRevisionOneWins() throws Exception {
    try (Store other = other()) {
      for (int i = 0; i < 20; i++) {
        FleetState seen = store.latest();
        int round = i;
        List<Outcome> outcomes =
            together(
                () -> store.write(seen.with(ban(2 * round)).at(seen.revision() + 1), EDIT),
                () -> other.write(seen.with(ban(2 * round + 1)).at(seen.revision() + 1), EDIT));
        assertThat(outcomes).hasOnlyElementsOfTypes(Outcome.Written.class, Outcome.Conflict.class);
        assertThat(outcomes).filteredOn(Outcome.Written.class::isInstance).hasSize(1);
        assertThat(store.latest().bans()).hasSize(i + 1);
      }
    }
  }

  @Test
  void whoeverWaitedForTheLockSeesWhatTheOneBeforeHasWrittenWhateverTheUrlAsksFor()
      throws Exception {
    store.close();
    String stricter =
        engine == Engine.H2
            ? ";INIT=SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE"
            : "";
    if (engine == Engine.POSTGRESQL) {
      execute("ALTER DATABASE " + database() + " SET default_transaction_isolation = serializable");
    }
    try (HikariDataSource pool = Schema.opened(engine, place.url() + stricter);
        Connection connection = pool.getConnection()) {
      assertThat(connection.getTransactionIsolation())
          .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
    }
  }

  @Test
  void changesOfTwoWhoWriteAtOnceAreAllThereAtTheEnd() throws Exception {
    try (Store other = other()) {
      together(() -> addBans(store, 0, 25), () -> addBans(other, 100, 25));
      FleetState last = store.latest();
      assertThat(other.latest()).isEqualTo(last);
      assertThat(last.bans()).hasSize(50);
      assertThat(last.revision()).isEqualTo(51);
      assertThat(store.history(Long.MAX_VALUE, 100))
          .extracting(Revision::number)
          .containsExactlyElementsOf(
              LongStream.rangeClosed(1, 51).map(number -> 52 - number).boxed().toList());
    }
    reopen();
    assertThat(store.latest().bans()).hasSize(50);
  }

  private static FleetState addBans(Store store, int from, int count) throws StoreException {
    FleetState last = store.latest();
    for (int i = from; i < from + count; i++) {
      Entity ban = ban(i);
      last = store.change(EDIT, state -> state.with(ban));
    }
    return last;
  }

  /** Another control's where there may be one, else the same for another thread. */
  private Store other() throws StoreException {
    return engine == Engine.H2 ? store : place.open();
  }

  @SafeVarargs
  private static <T> List<T> together(Callable<T>... all) throws Exception {
    CyclicBarrier start = new CyclicBarrier(all.length);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> results = new ArrayList<>();
      for (Callable<T> each : all) {
        results.add(
            threads.submit(
                () -> {
                  start.await();
                  return each.call();
                }));
      }
      List<T> values = new ArrayList<>();
      for (Future<T> result : results) {
        values.add(result.get());
      }
      return values;
    }
  }

  @Test
  void noKeyIsInTheStoreToBeRead() throws Exception {
    Secret rare = Secret.of("0123456789abcdef".getBytes(StandardCharsets.US_ASCII), HOST);
    add(secret("alice", generation(1, rare)));
    add(secret("alice", generation(1, rare), generation(2, key(2))));
    store.close();
    String all = dump();
    assertThat(all).contains("alice"); // the names can be read
    assertThat(all)
        .doesNotContain(HexFormat.of().formatHex(rare.key()))
        .doesNotContain("0123456789abcdef")
        .doesNotContain(HOST);
  }

  /** Every row of every table, bytes as the letters that they would be. */
  private String dump() throws Exception {
    StringBuilder all = new StringBuilder();
    try (Connection connection = place.connection();
        Statement statement = connection.createStatement()) {
      for (String table : List.of("fleet_store", "revision", "entity", "used_key")) {
        try (ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
          while (rows.next()) {
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
              Object value = rows.getObject(i);
              all.append(
                      value instanceof byte[] bytes
                          ? new String(bytes, StandardCharsets.ISO_8859_1)
                          : String.valueOf(value))
                  .append('\n');
            }
          }
        }
      }
    }
    return all.toString();
  }

  @Test
  void theKeyFileOfAnotherStoreIsAClearError() throws Exception {
    String own = keyId(place.key());
    add(ban(1));
    store.close();
    Path mislaid = Files.move(place.key(), directory.resolve("mislaid.key"));
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(place::open)
        .withMessage(
            "the store can't be opened: the key file "
                + place.key()
                + " is missing: put it back from a copy, nothing else opens the store");
    try (Store another = Place.in(directory.resolve("another"), engine).open()) {
      assertThat(another.latest().revision()).isEqualTo(1);
    }
    Files.copy(
        directory.resolve("another/fleet.key"), place.key(), StandardCopyOption.COPY_ATTRIBUTES);
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(place::open)
        .withMessageContaining("the store is sealed under the key " + own)
        .withMessageEndingWith("put the store's own key file there");
    Files.move(mislaid, place.key(), StandardCopyOption.REPLACE_EXISTING);
    store = place.open();
    assertThat(store.latest().bans()).containsExactly(ban(1));
  }

  /** As errors name it. */
  private static String keyId(Path file) throws Exception {
    return new Seals(new FleetKeyFile(file, new SecureRandom()), new SecureRandom()).newest().id();
  }

  @Test
  void whatWasSealedStaysReadableUnderANewKeyAndUnderNoOther() throws Exception {
    add(secret("alice", generation(1, key(1))));
    FleetState past = add(ban(1));
    Path old =
        Files.copy(place.key(), directory.resolve("old.key"), StandardCopyOption.COPY_ATTRIBUTES);
    store.rotateKey();
    FleetState last = add(secret("alice", generation(2, key(2))));
    refused(
        secret("carol", generation(1, key(1))),
        "secrets.carol.keys.1 has a key that \"alice\" had before: a new key would be right");
    reopen();
    assertThat(store.latest()).isEqualTo(last);
    assertThat(store.state(past.revision())).isEqualTo(past);
    assertThat(Files.readAllLines(place.key()))
        .hasSize(2)
        .doesNotContain(Files.readAllLines(old).getLast());
    store.close();
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> Place.open(place.url(), old))
        .withMessageContaining("the store is sealed under the key " + keyId(place.key()));
  }

  @Test
  void aChangeOfTheKeyThatWasCutOffLeavesAKeyFileThatOpensTheStore() throws Exception {
    add(ban(1));
    store.close();
    String own = Files.readAllLines(place.key()).getLast();
    for (int round = 0; round < 2; round++) {
      // Before the store was sealed anew, and after.
      String other = HexFormat.of().formatHex(new SecureRandom().generateSeed(32));
      Files.writeString(
          place.key(),
          String.join(
                  "\n",
                  "doppelfleet-fleet-key 1",
                  round == 0 ? own : other,
                  round == 0 ? other : own)
              + "\n");
      store = place.open();
      assertThat(store.latest().bans()).containsExactly(ban(1));
      store.close();
      assertThat(Files.readAllLines(place.key())).containsExactly("doppelfleet-fleet-key 1", own);
    }
  }

  @Test
  void changesOfTheKeyByTwoAtOnceLeaveAKeyFileThatOpensTheStore() throws Exception {
    add(secret("alice", generation(1, key(1))));
    FleetState last = add(ban(1));
    try (Store other = other()) {
      together(() -> rotate(store, 10), () -> rotate(other, 10));
      assertThat(other.state(last.revision())).isEqualTo(last);
    }
    reopen();
    assertThat(store.state(last.revision())).isEqualTo(last);
    assertThat(Files.readAllLines(place.key())).hasSize(2);
  }

  private static int rotate(Store store, int times) throws StoreException {
    for (int i = 0; i < times; i++) {
      store.rotateKey();
    }
    return times;
  }

  @Test
  void whoReadsWhileTheKeyIsChangedNeverMissesTheOldOne() throws Exception {
    List<Entity> many = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      many.add(secret("user" + i, generation(1, key(i))));
    }
    FleetState state = FleetState.of(2, many);
    store.write(state, EDIT);
    AtomicInteger reads = new AtomicInteger();
    AtomicBoolean ended = new AtomicBoolean();
    together(
        () -> {
          try {
            while (!ended.get()) {
              assertThat(store.state(2)).isEqualTo(state);
              reads.incrementAndGet();
            }
            return true;
          } finally {
            ended.set(true);
          }
        },
        () -> {
          try {
            for (int i = 0; i < 10; i++) {
              store.rotateKey();
              // None meets two changes.
              int before = reads.get();
              while (reads.get() < before + 2 && !ended.get()) {
                Thread.sleep(1);
              }
            }
            return true;
          } finally {
            ended.set(true);
          }
        });
  }

  @Test
  void aStoreThatAnotherHandHasChangedIsNotBelieved() throws Exception {
    add(secret("alice", generation(1, key(1))));
    add(secret("bob", generation(1, key(2))));
    store.close();
    execute(
        "UPDATE entity SET sealed = (SELECT sealed FROM entity WHERE id = 'bob') WHERE id = 'alice'");
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(place::open)
        .withMessageEndingWith("the sealed value of \"SECRET alice of revision 2\" was changed");
    execute("DELETE FROM entity WHERE id = 'alice'");
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(place::open)
        .withMessageContaining("revision 3 isn't what was written");
  }

  private void execute(String sql) throws Exception {
    try (Connection connection = place.connection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void aPartThatANewerVersionWroteIsAClearError() throws Exception {
    add(secret("alice", generation(1, key(1))));
    store.close();
    execute("UPDATE entity SET format = 2 WHERE id = 'alice'");
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(place::open)
        .withMessage(
            "the store's \"SECRET alice of revision 2\" can't be read: format is 2, of a newer"
                + " version: this one reads 1");
    execute("UPDATE entity SET kind = 'NODE' WHERE id = 'alice'");
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(place::open)
        .withMessage(
            "the store has a part of the kind NODE, which this version doesn't know: run the"
                + " version that wrote it");
  }

  @Test
  void aStoreOfANewerVersionIsAClearError() throws Exception {
    store.close();
    String names = engine == Engine.H2 ? "\"flyway_schema_history\"" : "flyway_schema_history";
    execute(
        "INSERT INTO "
            + names
            + (engine == Engine.H2
                ? " SELECT 2, '2', 'more', \"type\", 'V2__more.sql', 0, \"installed_by\","
                    + " \"installed_on\", 0, TRUE FROM \"flyway_schema_history\" WHERE \"version\" = '1'"
                : " SELECT 2, '2', 'more', type, 'V2__more.sql', 0, installed_by, installed_on, 0,"
                    + " TRUE FROM flyway_schema_history WHERE version = '1'"));
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(place::open)
        .withMessageStartingWith("the store is of a newer version (it has the tables of step 2)");
  }

  @Test
  void aReadOnlyStoreIsAClearErrorAndIsAsItWas() throws Exception {
    FleetState last = add(ban(1));
    if (engine == Engine.H2) {
      store.close();
      store = Place.open(place.url() + ";ACCESS_MODE_DATA=r", place.key());
    } else {
      execute("ALTER DATABASE " + database() + " SET default_transaction_read_only = on");
      reopen();
    }
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> add(ban(2)))
        .withMessage("revision 3 can't be written: the store is read-only: make it writable");
    assertThat(store.latest()).isEqualTo(last);
    assertThat(store.history(Long.MAX_VALUE, 9)).hasSize(2);
  }

  private String database() {
    return place.url().substring(place.url().lastIndexOf('/') + 1, place.url().indexOf('?'));
  }

  @Test
  void manySecretsAreOneRevision() throws Exception {
    FleetState state = store.latest();
    List<Entity> many = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      many.add(
          limited(secret("user" + i, generation(1, key(i))), i % 2 == 0 ? LIMITS : Limits.NONE));
    }
    FleetState next = FleetState.of(state.revision() + 1, many);
    assertThat(store.write(next, EDIT)).isEqualTo(new Outcome.Written(next));
    reopen();
    assertThat(store.latest()).isEqualTo(next);
    assertThat(Objects.requireNonNull(add(ban(1))).secrets()).hasSize(2_000);
  }
}
