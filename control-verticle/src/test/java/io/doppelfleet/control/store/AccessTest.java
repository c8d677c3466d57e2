package io.doppelfleet.control.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may use the API, as each engine keeps it. */
@ParameterizedClass
@EnumSource(Engine.class)
@Timeout(120)
final class AccessTest extends OnEachEngine {
  private static final Instant LATER = Instant.parse("2999-01-01T00:00:00Z");
  private static final Instant BEFORE = Instant.parse("2000-01-01T00:00:00Z");
  private static final String ONE = "aa".repeat(32);
  private static final String TWO = "bb".repeat(32);
  private static final Intent CAROL = of(new Maker.Owner("carol"));

  private static Intent of(Maker maker) {
    return new Intent(maker, "unix", null);
  }

  AccessTest(Engine engine) {
    super(engine);
  }

  private Accounts accounts() {
    return store.access().accounts();
  }

  @Test
  void theFirstAccountIsMadeAsLongAsNobodyHasAPassword() throws Exception {
    assertThat(accounts().begin("admin", ONE, LATER)).isTrue();
    assertThat(accounts().begin("admin", TWO, LATER)).isTrue();
    assertThat(accounts().invited(ONE)).isEmpty();
    reopen();
    assertThat(accounts().accept(TWO, false, "hash", "unix")).map(Account::name).contains("admin");
    assertThat(accounts().begin("admin", ONE, LATER)).isFalse();
    assertThat(accounts().all())
        .singleElement()
        .satisfies(
            account -> {
              assertThat(account.role()).isEqualTo(Role.ADMIN);
              assertThat(account.password()).isEqualTo("hash");
              assertThat(account.invited()).isNull();
            });
  }

  @Test
  void theFirstAccountIsAnAdministratorWhateverItWas() throws Exception {
    accounts().add("admin", Role.VIEWER, ONE, LATER, CAROL);
    assertThat(accounts().begin("admin", TWO, LATER)).isTrue();
    assertThat(accounts().accept(TWO, false, "hash", "unix"))
        .map(Account::role)
        .contains(Role.ADMIN);
  }

  @Test
  void ofTwoWhoBringOneInvitationAtOnceOneSetsThePassword() throws Exception {
    accounts().add("anna", Role.VIEWER, ONE, LATER, CAROL);
    try (Store other = other()) {
      assertThat(
              together(
                  () -> accounts().accept(ONE, false, "one", "unix").isPresent(),
                  () -> other.access().accounts().accept(ONE, false, "two", "unix").isPresent()))
          .containsExactlyInAnyOrder(true, false);
    }
  }

  @Test
  void anInvitationAndASessionEnd() throws Exception {
    accounts().add("anna", Role.VIEWER, ONE, BEFORE, CAROL);
    assertThat(accounts().invited(ONE)).isEmpty();
    assertThat(accounts().accept(ONE, false, "hash", "unix")).isEmpty();
    Account anna = accounts().named("anna").orElseThrow();
    assertThat(accounts().open(anna, ONE, BEFORE, "unix")).isTrue();
    assertThat(accounts().session(ONE)).isEmpty();
    assertThat(accounts().open(anna, TWO, LATER, "unix")).isTrue();
    assertThat(accounts().session(TWO)).map(Account::name).contains("anna");
    accounts().close(TWO);
    assertThat(accounts().session(TWO)).isEmpty();
  }

  @Test
  void ofManySessionsTheOldestEnd() throws Exception {
    accounts().add("anna", Role.VIEWER, ONE, LATER, CAROL);
    Account anna = accounts().named("anna").orElseThrow();
    for (int i = 0; i < 21; i++) {
      accounts().open(anna, "session" + i, LATER.plusSeconds(i), "unix");
    }
    assertThat(accounts().session("session0")).isEmpty();
    assertThat(accounts().session("session1")).isPresent();
    assertThat(accounts().session("session20")).isPresent();
    assertThat(accounts().remove("anna", CAROL)).isPresent();
    assertThat(accounts().session("session20")).isEmpty();
  }

  @Test
  void noSessionBeginsByAPasswordThatIsNoneAnyMore() throws Exception {
    accounts().add("anna", Role.VIEWER, ONE, LATER, CAROL);
    Account before = accounts().accept(ONE, false, "one", "unix").orElseThrow();
    assertThat(before.password()).isEqualTo("one");
    accounts().invite("anna", TWO, LATER, CAROL);
    Account anna = accounts().accept(TWO, false, "two", "unix").orElseThrow();
    assertThat(accounts().open(before, "old", LATER, "unix")).isFalse();
    assertThat(accounts().session("old")).isEmpty();
    assertThat(accounts().open(anna, "new", LATER, "unix")).isTrue();
    accounts().remove("anna", CAROL);
    assertThat(accounts().open(anna, "gone", LATER, "unix")).isFalse();
  }

  private ApiTokens tokens() {
    return store.access().tokens();
  }

  /** Who has signed in as anna, who may all. */
  private Intent anna() throws StoreException {
    accounts().add("anna", Role.ADMIN, ONE, LATER, CAROL);
    accounts().open(accounts().named("anna").orElseThrow(), ONE, LATER, "unix");
    return of(new Maker.Person("anna", ONE));
  }

  /** A token; what its bearer makes next. */
  private Intent token(String name, Intent by) throws StoreException {
    assertThat(tokens().add(name, Role.ADMIN, by, LATER, "of " + name)).isPresent();
    return of(new Maker.Program(ApiToken.author(name), "of " + name));
  }

  private void assertHas(String... names) throws StoreException {
    assertThat(tokens().all()).extracting(ApiToken::name).containsExactly(names);
  }

  /** As if it had been made for a time that is over; H2 is open to nobody else meanwhile. */
  private void end(String name) throws Exception {
    store.close();
    execute("UPDATE api_token SET ends_at = '2000-01-01 00:00:00+00' WHERE name = '" + name + "'");
    store = place.open();
  }

  @Test
  void whatAnAccountMadeGoesWithItAndNothingElse() throws Exception {
    Intent ofHers = token("of-hers", token("hers", anna()));
    token("of-that", ofHers);
    token("his", CAROL);
    end("of-hers");
    token("another", CAROL); // those that have ended are forgotten
    assertHas("another", "hers", "his", "of-that");
    assertThat(accounts().remove("bert", CAROL)).isEmpty();
    assertThat(accounts().remove("anna", CAROL)).isPresent();
    assertHas("another", "his");
  }

  @Test
  void whatCommandsMadeStaysThoughAnAccountOfTheirUsersNameGoes() throws Exception {
    accounts().add("carol", Role.ADMIN, ONE, LATER, CAROL);
    token("his", CAROL);
    assertThat(accounts().remove("carol", CAROL)).isPresent();
    assertHas("his");
  }

  @Test
  void whatATokenMadeGoesWithItAndNotWhatAnotherOfItsNameMade() throws Exception {
    Intent middle = token("middle", token("first", CAROL));
    token("last", middle);
    end("middle");
    token("of-the-other", token("middle", CAROL));
    assertThat(tokens().remove("first", CAROL)).isPresent();
    assertHas("middle", "of-the-other");
    assertThat(tokens().remove("middle", CAROL)).isPresent();
    assertHas();
  }

  private void assertMakesNothing(Intent ended) throws StoreException {
    assertThatExceptionOfType(EndedException.class)
        .isThrownBy(() -> tokens().add("ci", Role.VIEWER, ended, LATER, TWO));
    assertThatExceptionOfType(EndedException.class)
        .isThrownBy(() -> accounts().add("bert", Role.VIEWER, TWO, LATER, ended));
    assertThatExceptionOfType(EndedException.class)
        .isThrownBy(() -> accounts().invite("anna", TWO, LATER, ended));
    assertThat(accounts().invited(TWO)).isEmpty();
    assertThat(tokens().of(TWO)).isEmpty();
  }

  @Test
  void whoHasEndedMakesNothing() throws Exception {
    Intent anna = anna();
    Intent first = token("first", anna);
    Intent second = token("second", anna);
    tokens().remove("first", CAROL);
    assertMakesNothing(first);
    end("second");
    assertMakesNothing(second);
    assertThat(accounts().invite("anna", "cc".repeat(32), LATER, anna)).isPresent();
    accounts().close(ONE);
    assertMakesNothing(anna);
  }

  @Test
  void aTokensNameIsFreeWhenItHasEnded() throws Exception {
    ApiTokens tokens = tokens();
    assertThat(tokens.add("ci", Role.OPERATOR, CAROL, BEFORE, ONE)).isPresent();
    assertThat(tokens.of(ONE)).isEmpty();
    assertThat(tokens.add("ci", Role.VIEWER, CAROL, LATER, TWO)).isPresent();
    assertThat(tokens.add("ci", Role.VIEWER, CAROL, LATER, ONE)).isEmpty();
    reopen();
    Optional<ApiToken> kept = store.access().tokens().of(TWO);
    assertThat(kept).map(ApiToken::role).contains(Role.VIEWER);
    assertThat(kept).map(ApiToken::by).contains("carol");
    assertThat(store.access().tokens().remove("ci", CAROL)).isPresent();
    assertThat(store.access().tokens().of(TWO)).isEmpty();
  }
}
