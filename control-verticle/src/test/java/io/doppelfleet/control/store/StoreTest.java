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

import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.StateDiff;
import io.doppelfleet.fleet.StateJson;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a store promises, whichever engine is under it. */
@ParameterizedClass
@EnumSource(Engine.class)
@Timeout(120)
final class StoreTest extends OnEachEngine {
  StoreTest(Engine engine) {
    super(engine);
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
  void sinceWhenASecretIsAsItIsIsKnown() throws Exception {
    add(secret("alice", generation(1, key(1)))); // revision 2
    add(secret("bob", generation(1, key(2))));
    add(ban(1));
    List<String> names = List.of("alice", "bob", "carol");
    assertThat(store.since(names)).isEqualTo(Map.of("alice", 2L, "bob", 3L));
    add(secret("alice", generation(1, key(1)), generation(2, key(3))));
    assertThat(store.since(names)).isEqualTo(Map.of("alice", 5L, "bob", 3L));
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
  void anEditIsCutBetweenCharactersAndNotInOne() throws Exception {
    store.change(
        new Edit("a" + "\ud83d\ude00".repeat(99), "unix", ""), state -> state.with(ban(1)));
    assertThat(store.history(Long.MAX_VALUE, 1).getFirst().edit().author())
        .isEqualTo("a" + "\ud83d\ude00".repeat(31));
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
  void aKeyThatHasEndedIsNotMadeValidAgain() throws Exception {
    Instant end = Instant.parse("2020-01-01T00:00:00Z");
    KeyGeneration ended = new KeyGeneration(1, key(1), Instant.EPOCH, end);
    KeyGeneration next = new KeyGeneration(2, key(2), Instant.EPOCH, null);
    add(secret("alice", ended, next));
    String error =
        "secrets.alice.keys.1 ended at 2020-01-01T00:00:00Z and can't be valid again: a new key"
            + " would be right";
    refused(secret("alice", new KeyGeneration(1, key(1), Instant.EPOCH, null), next), error);
    refused(
        secret("alice", new KeyGeneration(1, key(1), Instant.EPOCH, end.plusSeconds(1)), next),
        error);
    // That of one that hasn't ended may be put off or brought forward.
    KeyGeneration ending = new KeyGeneration(2, key(2), Instant.EPOCH, NOON.plusSeconds(1 << 30));
    add(secret("alice", ended, ending));
    assertThat(add(secret("alice", ended, next)).revision()).isEqualTo(4);
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

  /** The first versions' checksums were of a state's one text. */
  @Test
  void revisionsWithChecksumsOfTheFirstVersionsAreReadAndFollowed() throws Exception {
    add(ban(1));
    add(ban(2));
    List<byte[]> old = new ArrayList<>();
    for (long revision = 1; revision <= 3; revision++) {
      old.add(StateJson.checksum(store.state(revision)));
    }
    store.close();
    try (Connection connection = place.connection();
        PreparedStatement update =
            connection.prepareStatement("UPDATE revision SET checksum = ? WHERE number = ?")) {
      for (int i = 0; i < old.size(); i++) {
        update.setBytes(1, old.get(i));
        update.setLong(2, i + 1);
        assertThat(update.executeUpdate()).isEqualTo(1);
      }
    }
    store = place.open();
    assertThat(store.present()).isEqualTo(KnownState.of(store.state(3)));
    assertThat(store.present()).isSameAs(store.present());
    assertThat(store.state(2).bans()).containsExactly(ban(1));
    assertThat(add(ban(3)).bans()).containsExactly(ban(1), ban(2), ban(3));
    reopen();
    assertThat(store.latest().revision()).isEqualTo(4);
  }
}
