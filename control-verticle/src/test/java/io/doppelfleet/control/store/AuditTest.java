package io.doppelfleet.control.store;

import static io.doppelfleet.control.store.Examples.ban;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.doppelfleet.control.store.AuditEntry.Deed;
import io.doppelfleet.control.store.AuditEntry.Kind;
import io.doppelfleet.control.store.AuditEntry.Place;
import io.doppelfleet.fleet.NodeName;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who did what, as each engine keeps it. */
@ParameterizedClass
@EnumSource(Engine.class)
@Timeout(120)
final class AuditTest extends OnEachEngine {
  private static final Instant LATER = Instant.parse("2999-01-01T00:00:00Z");
  private static final String ONE = "aa".repeat(32);
  private static final String TWO = "bb".repeat(32);
  private static final Intent CAROL = on(null);

  AuditTest(Engine engine) {
    super(engine);
  }

  private static Intent on(@Nullable Long seen) {
    return new Intent(new Maker.Owner("carol"), "192.0.2.1", seen);
  }

  /** Controls of two versions may share a store. */
  @Test
  void whatANewerControlHasWrittenIsUnknownAndHidesNothingElse() throws Exception {
    store.access().accounts().add("anna", Role.VIEWER, ONE, LATER, CAROL);
    store.access().tokens().add("ci", Role.OPERATOR, CAROL, LATER, TWO);
    store.roster().invite(new NodeName("paris"), TWO, LATER, CAROL);
    store.close();
    execute("UPDATE audit SET kind = 'group' WHERE kind = 'account'");
    execute("UPDATE audit SET format = 2, after_json = 'no JSON' WHERE kind = 'token'");
    store = place.open();
    assertThat(store.audit().before(Place.END, 3))
        .extracting(AuditEntry::deed)
        .satisfiesExactly(
            node -> assertThat(node).extracting(Deed::kind).isEqualTo(Kind.NODE),
            token -> assertThat(token).isEqualTo(new Deed(Kind.TOKEN, "ci", null, null)),
            group ->
                assertThat(group)
                    .extracting(Deed::kind, Deed::subject)
                    .containsExactly(Kind.UNKNOWN, "anna"));
  }

  private List<String> lines() throws StoreException {
    return store.audit().before(Place.END, 100).stream()
        .map(entry -> entry.edit().author() + ": " + entry.edit().what())
        .toList();
  }

  @Test
  void whatIsDoneStandsBetweenTheRevisionsThatWereBeforeAndAfter() throws Exception {
    store.access().accounts().add("anna", Role.VIEWER, ONE, LATER, CAROL);
    add(ban(1));
    store.access().tokens().add("ci", Role.OPERATOR, CAROL, LATER, TWO);
    store.roster().invite(new NodeName("paris"), TWO, LATER, CAROL);
    add(ban(2));
    store.roster().join(TWO, ONE, "192.0.2.7");
    reopen();
    assertThat(lines())
        .containsExactly(
            "node paris: joined the fleet",
            "carol: a test",
            "carol: made a token for node paris",
            "carol: added token ci",
            "carol: a test",
            "carol: added account anna",
            "doppelfleet: the fleet begins");
  }

  @Test
  void anEntrySaysWhatWasBeforeAndIsAfterAndNothingThatIsSecret() throws Exception {
    Accounts accounts = store.access().accounts();
    accounts.add("anna", Role.VIEWER, ONE, LATER, CAROL);
    accounts.accept(ONE, false, "the hash", "192.0.2.9");
    accounts.remove("anna", CAROL);
    List<AuditEntry> all = store.audit().before(Place.END, 3);
    JsonObject invited =
        new JsonObject()
            .put("role", "viewer")
            .put("password", false)
            .put("totp", false)
            .put("invited", "2999-01-01T00:00:00Z");
    JsonObject set =
        new JsonObject().put("role", "viewer").put("password", true).put("totp", false);
    assertThat(all)
        .extracting(AuditEntry::deed)
        .containsExactly(
            new Deed(Kind.ACCOUNT, "anna", set, null),
            new Deed(Kind.ACCOUNT, "anna", invited, set),
            new Deed(Kind.ACCOUNT, "anna", null, invited));
    assertThat(all.get(1).edit())
        .isEqualTo(new Edit("anna", "192.0.2.9", "set a password by an invitation"));
    assertThat(all.toString()).doesNotContain(ONE).doesNotContain("the hash");
  }

  @Test
  void eachTokenThatGoesWithAnotherHasAnEntry() throws Exception {
    ApiTokens tokens = store.access().tokens();
    tokens.add("first", Role.ADMIN, CAROL, LATER, ONE);
    Intent program = new Intent(new Maker.Program("token first", ONE), "192.0.2.1", null);
    tokens.add("second", Role.ADMIN, program, LATER, TWO);
    assertThat(tokens.remove("first", CAROL)).hasValue(5);
    assertThat(tokens.all()).isEmpty();
    assertThat(store.audit().before(Place.END, 2))
        .extracting(entry -> entry.deed() == null ? "" : entry.deed().subject())
        .containsExactly("second", "first");
  }

  @Test
  void pagesGoOnWhereTheLastOneEndedWhateverIsDoneMeanwhile() throws Exception {
    List<AuditEntry> read = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      add(ban(i));
      note("note " + i);
      note("again " + i);
    }
    List<AuditEntry> whole = store.audit().before(Place.END, 100);
    Place place = Place.END;
    for (int i = 0; read.size() < whole.size(); i++) {
      List<AuditEntry> page = store.audit().before(place, 2);
      read.addAll(page);
      place = page.getLast().place();
      note("meanwhile " + i);
      add(ban(10 + i));
    }
    assertThat(read).isEqualTo(whole);
  }

  private void note(String what) throws StoreException {
    store.audit().note(new Edit("", "192.0.2.1", what), new Deed(Kind.SESSION, "", null, null));
  }

  @Test
  void whoHasNotSeenTheLastChangeOfAKindChangesNoneOfIt() throws Exception {
    Accounts accounts = store.access().accounts();
    long seen = store.audit().version(Kind.ACCOUNT);
    assertThat(accounts.add("anna", Role.VIEWER, ONE, LATER, on(seen))).hasValue(seen + 1);
    assertThat(store.access().tokens().add("ci", Role.VIEWER, on(1L), LATER, ONE)).isPresent();
    assertThatExceptionOfType(SeenException.class)
        .isThrownBy(() -> accounts.remove("anna", on(seen)))
        .withMessage("is version 1, and the present one of all accounts is 2: look at them first");
    assertThatExceptionOfType(SeenException.class)
        .isThrownBy(() -> accounts.add("bert", Role.VIEWER, TWO, LATER, on(seen)));
    assertThatExceptionOfType(SeenException.class)
        .isThrownBy(() -> accounts.invite("anna", TWO, LATER, on(seen)));
    assertThatExceptionOfType(SeenException.class)
        .isThrownBy(() -> store.access().tokens().remove("ci", on(1L)));
    store.roster().invite(new NodeName("paris"), TWO, LATER, on(1L));
    assertThatExceptionOfType(SeenException.class)
        .isThrownBy(() -> store.roster().remove("paris", on(1L)));
    assertThat(accounts.all()).hasSize(1);
    assertThat(accounts.remove("anna", on(seen + 1))).hasValue(seen + 2);
  }

  @Test
  void whatStrangersTryPushesNoChangeOut() throws Exception {
    store.access().tokens().add("ci", Role.OPERATOR, CAROL, LATER, TWO);
    Deed in = new Deed(Kind.SESSION, "anna", null, null);
    store.audit().note(new Edit("anna", "192.0.2.1", "signed in"), in);
    store.close();
    // A few too many: H2 looks for the last one that is kept anew for each that goes.
    execute(
        "INSERT INTO audit (revision, done_at, author, origin, kind, subject, what, format)"
            + " SELECT 1, CURRENT_TIMESTAMP, '', '', 'session', '', 'x', 1 FROM "
            + (engine == Engine.H2 ? "SYSTEM_RANGE(1, 5020)" : "generate_series(1, 5020)"));
    execute(
        "INSERT INTO audit (revision, done_at, author, origin, kind, subject, what, format)"
            + " VALUES (1, TIMESTAMP WITH TIME ZONE '2000-01-01 00:00:00+00', '', '', 'token', '',"
            + " 'old', 1)");
    store = place.open();
    note("the last");
    List<AuditEntry> all = store.audit().before(Place.END, 10_000);
    assertThat(all).hasSize(5_000 + 3);
    assertThat(all.getFirst().edit().what()).isEqualTo("the last");
    assertThat(lines().size()).isEqualTo(100);
    assertThat(all.get(5_000).edit().what()).isEqualTo("signed in");
    assertThat(all.get(5_001).edit().what()).isEqualTo("added token ci");
  }

  /** As if somebody had done so much of a kind just now. */
  private void haveDone(String author, Kind kind, int count) throws Exception {
    store.close();
    String all = "(1, " + count + ")";
    execute(
        "INSERT INTO audit (revision, done_at, author, origin, kind, subject, what, format)"
            + " SELECT 1, CURRENT_TIMESTAMP, '%s', '', '%s', 'x', 'x', 1 FROM "
                .formatted(author, kind.word())
            + (engine == Engine.H2 ? "SYSTEM_RANGE" : "generate_series")
            + all);
    store = place.open();
  }

  @Test
  void nobodyAsksSoMuchThatWhatTheyAskedWithinADayGoes() throws Exception {
    Edit bert = new Edit("bert", "192.0.2.1", "asked");
    Deed question = new Deed(Kind.QUESTION, "192.0.2.0/24", null, null);
    haveDone("bert", Kind.QUESTION, 499);
    assertThat(store.audit().ask(bert, question)).isZero();
    assertThat(store.audit().ask(bert, question))
        .isBetween(Duration.ofHours(23), Duration.ofHours(24));
    assertThat(store.audit().before(Place.END, 10_000))
        .filteredOn(entry -> entry.edit().author().equals("bert"))
        .hasSize(500);
    assertThat(store.audit().ask(new Edit("anna", "192.0.2.1", "asked"), question)).isZero();
    store.close();
    execute("UPDATE audit SET done_at = done_at - INTERVAL '25' HOUR WHERE author = 'bert'");
    store = place.open();
    assertThat(store.audit().ask(bert, question)).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"SESSION", "QUESTION", "RULE"})
  void whoDoesWhatManyMayAgainAndAgainPushesOutNoOther(Kind kind) throws Exception {
    Deed deed = new Deed(kind, "anna", null, null);
    store.audit().note(new Edit("anna", "192.0.2.1", "did it"), deed);
    haveDone("bert", kind, 520);
    store.audit().note(new Edit("bert", "", "did it"), deed);
    List<AuditEntry> all = store.audit().before(Place.END, 10_000);
    assertThat(all).filteredOn(entry -> entry.edit().author().equals("bert")).hasSize(500);
    assertThat(all).filteredOn(entry -> entry.edit().author().equals("anna")).hasSize(1);
  }
}
