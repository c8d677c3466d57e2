package io.doppelfleet.control.store;

import static io.doppelfleet.control.store.Examples.HOST;
import static io.doppelfleet.control.store.Examples.ban;
import static io.doppelfleet.control.store.Examples.generation;
import static io.doppelfleet.control.store.Examples.key;
import static io.doppelfleet.control.store.Examples.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.doppelfleet.control.seal.FleetKeyFile;
import io.doppelfleet.control.seal.Seals;
import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sealed, under which key, and what is said where it is not as it should be. */
@ParameterizedClass
@EnumSource(Engine.class)
@Timeout(120)
final class SealedStoreTest extends OnEachEngine {
  SealedStoreTest(Engine engine) {
    super(engine);
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
    store.rotateKey(EDIT);
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

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatAChangeOfTheKeyLeftUnderTheOldOneIsSealedAnewByTheNextStartOrChange(boolean start)
      throws Exception {
    FleetState last = add(secret("alice", generation(1, key(1))));
    byte[] old;
    try (Connection connection = held()) {
      old = sealed(connection);
    }
    List<String> before = Files.readAllLines(place.key());
    store = place.open();
    store.rotateKey(EDIT);
    if (!start && engine == Engine.POSTGRESQL) {
      cutOff(old, before); // while it is open
    } else {
      store.close();
      cutOff(old, before);
      store = place.open();
    }
    if (!start) {
      store.rotateKey(EDIT);
    }
    assertThat(Files.readAllLines(place.key())).hasSize(2).doesNotContain(before.getLast());
    reopen();
    assertThat(store.latest()).isEqualTo(last);
  }

  /** As if a change had ended just after the store wanted the new key. */
  private void cutOff(byte[] old, List<String> before) throws Exception {
    try (Connection connection = place.connection();
        PreparedStatement update =
            connection.prepareStatement("UPDATE entity SET sealed = ? WHERE id = 'alice'")) {
      update.setBytes(1, old);
      update.executeUpdate();
    }
    List<String> both = new ArrayList<>(before);
    both.add(Files.readAllLines(place.key()).getLast());
    Files.writeString(place.key(), String.join("\n", both) + "\n");
  }

  /** The store is closed for it. */
  private Connection held() throws Exception {
    store.close();
    return place.connection();
  }

  private static byte[] sealed(Connection connection) throws Exception {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT sealed FROM entity WHERE id = 'alice'")) {
      assertThat(rows.next()).isTrue();
      return rows.getBytes(1);
    }
  }

  @Test
  void writersWaitForNoneOfTheHistoryWhileTheKeyIsChanged() throws Exception {
    List<Entity> many = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      many.add(secret("user" + i, generation(1, key(i))));
    }
    store.write(FleetState.of(2, many), EDIT);
    AtomicBoolean changed = new AtomicBoolean();
    AtomicInteger meanwhile = new AtomicInteger();
    together(
        () -> {
          store.rotateKey(EDIT);
          changed.set(true);
          return true;
        },
        () -> {
          for (int i = 0; !changed.get(); i++) {
            add(ban(i));
            meanwhile.incrementAndGet();
          }
          return true;
        });
    assertThat(meanwhile.get()).isGreaterThan(1);
    FleetState last = store.latest();
    reopen();
    assertThat(store.latest()).isEqualTo(last);
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
      store.rotateKey(EDIT);
    }
    return times;
  }

  @Test
  void whoReadsWhileTheKeyIsChangedNeverMissesTheOldOne() throws Exception {
    List<Entity> many = new ArrayList<>();
    for (int i = 0; i < 600; i++) { // more than a page of them
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
              store.rotateKey(EDIT);
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
                ? " SELECT 99, '99', 'more', \"type\", 'V99__more.sql', 0, \"installed_by\","
                    + " \"installed_on\", 0, TRUE FROM \"flyway_schema_history\" WHERE \"version\" = '1'"
                : " SELECT 99, '99', 'more', type, 'V99__more.sql', 0, installed_by, installed_on, 0,"
                    + " TRUE FROM flyway_schema_history WHERE version = '1'"));
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(place::open)
        .withMessageStartingWith("the store is of a newer version (it has the tables of step 99)");
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
}
