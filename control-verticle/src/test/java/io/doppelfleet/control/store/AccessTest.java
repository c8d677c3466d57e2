package io.doppelfleet.control.store;

import static org.assertj.core.api.Assertions.assertThat;

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
    assertThat(accounts().accept(TWO, "hash")).map(Account::name).contains("admin");
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
    accounts().add("admin", Role.VIEWER, ONE, LATER);
    assertThat(accounts().begin("admin", TWO, LATER)).isTrue();
    assertThat(accounts().accept(TWO, "hash")).map(Account::role).contains(Role.ADMIN);
  }

  @Test
  void ofTwoWhoBringOneInvitationAtOnceOneSetsThePassword() throws Exception {
    accounts().add("anna", Role.VIEWER, ONE, LATER);
    try (Store other = other()) {
      assertThat(
              together(
                  () -> accounts().accept(ONE, "one").isPresent(),
                  () -> other.access().accounts().accept(ONE, "two").isPresent()))
          .containsExactlyInAnyOrder(true, false);
    }
  }

  @Test
  void anInvitationAndASessionEnd() throws Exception {
    accounts().add("anna", Role.VIEWER, ONE, BEFORE);
    assertThat(accounts().invited(ONE)).isEmpty();
    assertThat(accounts().accept(ONE, "hash")).isEmpty();
    Account anna = accounts().named("anna").orElseThrow();
    assertThat(accounts().open(anna, ONE, BEFORE)).isTrue();
    assertThat(accounts().session(ONE)).isEmpty();
    assertThat(accounts().open(anna, TWO, LATER)).isTrue();
    assertThat(accounts().session(TWO)).map(Account::name).contains("anna");
    accounts().close(TWO);
    assertThat(accounts().session(TWO)).isEmpty();
  }

  @Test
  void ofManySessionsTheOldestEnd() throws Exception {
    accounts().add("anna", Role.VIEWER, ONE, LATER);
    Account anna = accounts().named("anna").orElseThrow();
    for (int i = 0; i < 21; i++) {
      accounts().open(anna, "session" + i, LATER.plusSeconds(i));
    }
    assertThat(accounts().session("session0")).isEmpty();
    assertThat(accounts().session("session1")).isPresent();
    assertThat(accounts().session("session20")).isPresent();
    assertThat(accounts().remove("anna")).isTrue();
    assertThat(accounts().session("session20")).isEmpty();
  }

  @Test
  void noSessionBeginsByAPasswordThatIsNoneAnyMore() throws Exception {
    accounts().add("anna", Role.VIEWER, ONE, LATER);
    Account before = accounts().accept(ONE, "one").orElseThrow();
    assertThat(before.password()).isEqualTo("one");
    accounts().invite("anna", TWO, LATER);
    Account anna = accounts().accept(TWO, "two").orElseThrow();
    assertThat(accounts().open(before, "old", LATER)).isFalse();
    assertThat(accounts().session("old")).isEmpty();
    assertThat(accounts().open(anna, "new", LATER)).isTrue();
    accounts().remove("anna");
    assertThat(accounts().open(anna, "gone", LATER)).isFalse();
  }

  @Test
  void whatAnAccountMadeGoesWithItAndNothingElse() throws Exception {
    ApiTokens tokens = store.access().tokens();
    accounts().add("anna", Role.ADMIN, ONE, LATER);
    tokens.add("hers", Role.ADMIN, "anna", LATER, "1");
    tokens.add("of-hers", Role.ADMIN, "token hers", LATER, "2");
    tokens.add("of-that", Role.ADMIN, "token of-hers", LATER, "3");
    tokens.add("his", Role.ADMIN, "bert", LATER, "4");
    assertThat(accounts().remove("bert")).isFalse();
    assertThat(accounts().remove("anna")).isTrue();
    assertThat(tokens.all()).extracting(ApiToken::name).containsExactly("his");
  }

  @Test
  void aTokensNameIsFreeWhenItHasEnded() throws Exception {
    ApiTokens tokens = store.access().tokens();
    assertThat(tokens.add("ci", Role.OPERATOR, "anna", BEFORE, ONE)).isTrue();
    assertThat(tokens.of(ONE)).isEmpty();
    assertThat(tokens.add("ci", Role.VIEWER, "anna", LATER, TWO)).isTrue();
    assertThat(tokens.add("ci", Role.VIEWER, "anna", LATER, ONE)).isFalse();
    reopen();
    Optional<ApiToken> kept = store.access().tokens().of(TWO);
    assertThat(kept).map(ApiToken::role).contains(Role.VIEWER);
    assertThat(kept).map(ApiToken::by).contains("anna");
    assertThat(store.access().tokens().remove("ci")).isTrue();
    assertThat(store.access().tokens().of(TWO)).isEmpty();
  }
}
