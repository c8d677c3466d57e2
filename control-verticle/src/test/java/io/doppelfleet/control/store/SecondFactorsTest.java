package io.doppelfleet.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Octets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What codes are made of, as each engine keeps it. */
@ParameterizedClass
@EnumSource(Engine.class)
@Timeout(120)
final class SecondFactorsTest extends OnEachEngine {
  private static final Instant LATER = Instant.parse("2999-01-01T00:00:00Z");
  private static final Octets SEED = Octets.of(new byte[20]);
  private static final Maker.Person ANNA = new Maker.Person("anna", "cc".repeat(32));
  private static final Intent CAROL = new Intent(new Maker.Owner("carol"), "unix", null);

  SecondFactorsTest(Engine engine) {
    super(engine);
  }

  private SecondFactors factors() {
    return store.access().factors();
  }

  private void confirmed() throws StoreException {
    store.access().accounts().add("anna", Role.VIEWER, "aa".repeat(32), LATER, CAROL);
    assertThat(factors().begin("anna", SEED)).isTrue();
    Seed seed = factors().of("anna").orElseThrow();
    assertThat(seed.isConfirmed()).isFalse();
    assertThat(factors().confirm(ANNA, seed, 7, List.of("one", "two"), "192.0.2.1")).isTrue();
    assertThat(factors().confirm(ANNA, seed, 8, List.of("three"), "192.0.2.1")).isFalse();
  }

  @Test
  void ofTwoWhoSayOneCodeAtOnceOneIsTaken() throws Exception {
    confirmed();
    try (Store other = other()) {
      assertThat(
              together(
                  () -> factors().take("anna", 9), () -> other.access().factors().take("anna", 9)))
          .containsExactlyInAnyOrder(true, false);
    }
    store = place.open(); // on H2 it was the same one
    assertThat(factors().take("anna", 8)).isFalse();
    assertThat(factors().take("anna", 10)).isTrue();
    assertThat(factors().takeRecovery("anna", "two", "192.0.2.1")).isTrue();
    assertThat(factors().takeRecovery("anna", "two", "192.0.2.1")).isFalse();
    assertThat(factors().takeRecovery("anna", "three", "192.0.2.1")).isFalse();
    assertThat(factors().recoveryLeft("anna")).isEqualTo(1);
  }

  @Test
  void aSeedThatIsConfirmedStaysUntilItIsTakenAway() throws Exception {
    confirmed();
    assertThat(factors().begin("anna", Octets.of(new byte[] {1}))).isFalse();
    store.rotateKey(EDIT);
    reopen();
    assertThat(factors().of("anna")).contains(new Seed(SEED, true, 7));
    assertThat(factors().remove("anna", CAROL)).isPresent();
    assertThat(factors().remove("anna", CAROL)).isEmpty();
    assertThat(factors().of("anna")).isEmpty();
    assertThat(factors().recoveryLeft("anna")).isZero();
  }

  @Test
  void anInvitationThatWasLookedAtBeforeACodeWasAskedForIsNotTaken() throws Exception {
    confirmed();
    Accounts accounts = store.access().accounts();
    assertThat(accounts.accept("aa".repeat(32), false, "hash", "192.0.2.1")).isEmpty();
    assertThat(accounts.accept("aa".repeat(32), true, "hash", "192.0.2.1")).isPresent();
  }

  @Test
  void whoSignedInBeforeACodeWasAskedForIsNotIn() throws Exception {
    store.access().accounts().add("anna", Role.VIEWER, "aa".repeat(32), LATER, CAROL);
    Accounts accounts = store.access().accounts();
    Account before = accounts.accept("aa".repeat(32), false, "hash", "192.0.2.1").orElseThrow();
    factors().begin("anna", SEED);
    Seed seed = factors().of("anna").orElseThrow();
    factors().confirm(ANNA, seed, 7, List.of(), "192.0.2.1");
    assertThat(accounts.open(before, "bb".repeat(32), LATER, "192.0.2.1")).isFalse();
    assertThat(
            accounts.open(
                accounts.named("anna").orElseThrow(), "bb".repeat(32), LATER, "192.0.2.1"))
        .isTrue();
    accounts.remove("anna", CAROL);
    assertThat(factors().of("anna")).isEmpty();
  }
}
